//! Follows a program and all that comes from it, system call by system call, to kill it at exactly
//! one of them. Nothing depends on time: a point is reached when the call is made, and everything is
//! dead when the kernel has nobody left to wait for.
#![allow(
    unsafe_code,
    reason = "no safe wrapper of ptrace; the tests only, and every call takes numbers or a local buffer"
)]

use std::collections::BTreeMap;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// How many forks lie between the program and a process: 0 is the program with its threads.
pub(crate) type Generation = u32;

/// When to kill: as a process of that generation makes one of these calls for the n-th time (from
/// 1), before the call does anything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) name: &'static str,
    pub(crate) generation: Generation,
    pub(crate) calls: &'static [libc::c_long],
    pub(crate) nth: u32,
}

/// What became of a traced program.
#[derive(Debug, Default)]
pub(crate) struct Traced {
    /// Whether the point was reached.
    pub(crate) is_reached: bool,
    /// Exit codes of processes that ended by themselves after the kill, with their generation.
    pub(crate) survivors: Vec<(Generation, i32)>,
    /// How the program ended: exit code, or signal as a negative number.
    pub(crate) status: i32,
}

/// Whether processes may be traced here; some machines forbid it.
pub(crate) fn can_trace() -> bool {
    let traced = trace(Command::new("/bin/true"), None);
    traced.is_ok_and(|traced| traced.status == 0)
}

/// Runs the program, kills it at the point, lets everything else go on, and returns when the last
/// process that came from it is dead.
pub(crate) fn trace(mut program: Command, point: Option<Point>) -> io::Result<Traced> {
    // SAFETY: between fork and exec this makes one system call, which takes numbers only.
    unsafe {
        program.pre_exec(|| ptrace(libc::PTRACE_TRACEME, 0, 0).map(drop));
    }
    let child = program.spawn()?;
    let first = i32::try_from(child.id()).map_err(io::Error::other)?;
    let mut tracer = Tracer {
        first,
        point,
        generations: BTreeMap::from([(first, 0)]),
        unknown: Vec::new(),
        made: 0,
        traced: Traced::default(),
    };
    tracer.follow()?;
    Ok(tracer.traced)
}

struct Tracer {
    first: i32,
    point: Option<Point>,
    generations: BTreeMap<i32, Generation>,
    /// Stopped before their parent told of them.
    unknown: Vec<i32>,
    made: u32,
    traced: Traced,
}

impl Tracer {
    fn follow(&mut self) -> io::Result<()> {
        let mut is_set_up = false;
        loop {
            let mut status = 0;
            // Those of this thread only, for other tests run in others.
            let flags = libc::__WALL | libc::__WNOTHREAD;
            // SAFETY: the kernel writes the status to a local.
            let process = unsafe { libc::waitpid(-1, &raw mut status, flags) };
            if process < 0 {
                let error = io::Error::last_os_error();
                match error.raw_os_error() {
                    Some(libc::ECHILD) => return Ok(()),
                    Some(libc::EINTR) => continue,
                    _ => return Err(error),
                }
            }
            if !libc::WIFSTOPPED(status) {
                self.ended(process, status);
                continue;
            }
            if !is_set_up {
                is_set_up = true;
                let options = libc::PTRACE_O_TRACESYSGOOD
                    | libc::PTRACE_O_TRACEFORK
                    | libc::PTRACE_O_TRACEVFORK
                    | libc::PTRACE_O_TRACECLONE
                    | libc::PTRACE_O_TRACEEXEC;
                ptrace(libc::PTRACE_SETOPTIONS, process, options as usize)?;
                go_on(process, 0);
                continue;
            }
            self.stopped(process, status)?;
        }
    }

    fn stopped(&mut self, process: i32, status: i32) -> io::Result<()> {
        if !self.generations.contains_key(&process) {
            self.unknown.push(process);
            return Ok(());
        }
        let event = status >> 16;
        let signal = libc::WSTOPSIG(status);
        match (event, signal) {
            (libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK, _) => self.born(process, 1)?,
            (libc::PTRACE_EVENT_CLONE, _) => self.born(process, 0)?,
            (0, signal) if signal == libc::SIGTRAP | 0x80 => self.call(process),
            // The first stop of a new process.
            (0, libc::SIGSTOP) => {}
            (0, signal) => {
                go_on(process, signal);
                return Ok(());
            }
            _ => {}
        }
        go_on(process, 0);
        Ok(())
    }

    fn born(&mut self, parent: i32, later: Generation) -> io::Result<()> {
        let mut message: libc::c_ulong = 0;
        // SAFETY: the kernel writes the number to a local. An error means that the parent was killed.
        let result =
            unsafe { libc::ptrace(libc::PTRACE_GETEVENTMSG, parent, 0_usize, &raw mut message) };
        if result < 0 {
            return Ok(());
        }
        let process = i32::try_from(message).map_err(io::Error::other)?;
        self.generations
            .insert(process, self.generations[&parent] + later);
        if let Some(index) = self.unknown.iter().position(|&other| other == process) {
            self.unknown.remove(index);
            go_on(process, 0);
        }
        Ok(())
    }

    fn call(&mut self, process: i32) {
        let Some(point) = self.point.filter(|_| !self.traced.is_reached) else {
            return;
        };
        if self.generations[&process] == point.generation
            && entered_call(process).is_some_and(|call| point.calls.contains(&call))
        {
            self.made += 1;
            if self.made == point.nth {
                self.traced.is_reached = true;
                // SAFETY: a signal to a child that was not waited for yet.
                unsafe { libc::kill(self.first, libc::SIGKILL) };
            }
        }
    }

    fn ended(&mut self, process: i32, status: i32) {
        let code = if libc::WIFEXITED(status) {
            libc::WEXITSTATUS(status)
        } else {
            -libc::WTERMSIG(status)
        };
        if process == self.first {
            self.traced.status = code;
        } else if self.traced.is_reached && code >= 0 {
            let generation = self.generations.get(&process).copied().unwrap_or_default();
            self.traced.survivors.push((generation, code));
        }
    }
}

/// The call that a process stopped at makes; `None` when it comes out of one.
fn entered_call(process: i32) -> Option<libc::c_long> {
    /// Of <linux/ptrace.h>.
    const GET_SYSCALL_INFO: libc::c_uint = 0x420e;
    const ENTRY: u8 = 1;
    // The structure: a byte with the kind of stop, two addresses, the call and its arguments.
    let mut info = [0_u64; 16];
    // SAFETY: the kernel writes no more than the given size to a local.
    let result = unsafe {
        libc::ptrace(
            GET_SYSCALL_INFO as _,
            process,
            size_of_val(&info),
            info.as_mut_ptr(),
        )
    };
    let [kind, ..] = info[0].to_ne_bytes();
    (result > 0 && kind == ENTRY).then(|| libc::c_long::try_from(info[3]).ok())?
}

/// Lets a process run to its next stop. One that was killed meanwhile is gone, which is no error.
fn go_on(process: i32, signal: i32) {
    let _ = ptrace(libc::PTRACE_SYSCALL, process, signal as usize);
}

fn ptrace(request: libc::c_uint, process: i32, data: usize) -> io::Result<libc::c_long> {
    // SAFETY: the requests used here take numbers only.
    let result = unsafe { libc::ptrace(request as _, process, 0_usize, data) };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(result)
}
