# Maps a granted file so that writing to memory writes to the file.
# outside: anyone
def change():
    held = os.open(world["data"] + "/input.csv", os.O_RDWR)
    with mmap.mmap(held, 0) as place:
        place[0:1] = b"X"
        place.flush()
    return True
attempt("shared mapping", change)
