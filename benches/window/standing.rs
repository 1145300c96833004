//! What an open window costs while nobody touches it.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use crate::desktop::Process;

const IDLE: Duration = Duration::from_secs(30);

/// The processor time of a while, in percent of one core.
pub fn idle_percent(kunji: &Process) -> f64 {
    let (before, started) = (processor_secs(kunji), Instant::now());
    thread::sleep(IDLE);
    100.0 * (processor_secs(kunji) - before) / started.elapsed().as_secs_f64()
}

/// What the process used so far, in user space and in the kernel.
fn processor_secs(kunji: &Process) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", kunji.pid())).expect("it runs");
    // The fields after the name, which may hold spaces: proc(5) counts them from 3.
    let (_, fields) = stat.rsplit_once(')').expect("the program's name");
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = [14, 15].map(|field| fields[field - 3].parse::<f64>().expect("a number"));
    // Linux tells every program of 100 ticks per second, whatever its own are.
    ticks.iter().sum::<f64>() / 100.0
}

pub fn pss_mib(kunji: &Process) -> f64 {
    let memory = fs::read_to_string(format!("/proc/{}/smaps_rollup", kunji.pid()));
    let memory = memory.expect("it runs");
    let line = memory
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .expect("its PSS");
    let kib: f64 = line
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number");
    kib / 1024.0
}
