# Has the kernel fill memory in a single call.
# outside: no; it is a bomb.
# limits: memory=96M
# ends: memory
place = mmap.mmap(-1, 8 << 30, mmap.MAP_PRIVATE | 0x8000)
succeeded("memory populated")
