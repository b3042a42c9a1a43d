//! What a process has used, as the kernel counts it: processor time of all its threads and
//! resident memory. Beside other work the wall says little about a server; this does.

use std::path::PathBuf;
use std::time::Instant;

/// Linux tells processor time in this unit whatever the kernel's own tick is (USER_HZ).
const TICKS_PER_SECOND: f64 = 100.0;

/// A running process.
pub struct Process(PathBuf);

/// What was done in a while.
#[derive(Clone, Copy)]
pub struct Ran {
    pub times: f64,
    pub seconds: f64,
    pub cpu_seconds: f64,
}

impl Process {
    pub fn of(pid: u32) -> Self {
        Self(format!("/proc/{pid}").into())
    }

    pub fn own() -> Self {
        Self("/proc/self".into())
    }

    /// Processor time since its start, in user code and in the kernel.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(self.0.join("stat")).unwrap();
        // proc(5): the second field is the name in brackets and may have anything in it.
        let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        let (utime, stime): (f64, f64) = (fields[11].parse().unwrap(), fields[12].parse().unwrap());
        (utime + stime) / TICKS_PER_SECOND
    }

    /// Resident memory in MiB.
    pub fn resident_mib(&self) -> f64 {
        let status = std::fs::read_to_string(self.0.join("status")).unwrap();
        let told = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kib: f64 = told.trim().trim_end_matches(" kB").parse().unwrap();
        kib / 1024.0
    }
}

impl Ran {
    /// Does something again and again in this process.
    pub fn alone(seconds: f64, mut work: impl FnMut()) -> Self {
        let (own, mut times) = (Process::own(), 0.0);
        let (cpu, began) = (own.cpu_seconds(), Instant::now());
        while began.elapsed().as_secs_f64() < seconds {
            work();
            times += 1.0;
        }
        let seconds = began.elapsed().as_secs_f64();
        Self { times, seconds, cpu_seconds: own.cpu_seconds() - cpu }
    }

    /// Processor time of one time, in µs.
    pub fn cpu_us(&self) -> f64 {
        self.cpu_seconds / self.times * 1e6
    }

    pub fn per_second(&self) -> f64 {
        self.times / self.seconds
    }
}

/// The processor time of one time, of each round.
pub fn cpu_us(rounds: &[Ran]) -> Vec<f64> {
    rounds.iter().map(Ran::cpu_us).collect()
}

/// The times in a second of the wall, of each round.
pub fn per_second(rounds: &[Ran]) -> Vec<f64> {
    rounds.iter().map(Ran::per_second).collect()
}
