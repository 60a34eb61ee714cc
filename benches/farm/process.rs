//! What the system tells of a process: cores used, memory.

use std::fs;

/// CPU time of a process and of its children that have ended, seconds.
pub fn cpu(pid: u32) -> f64 {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after = stat.rsplit(") ").next().unwrap_or_default();
    let fields: Vec<f64> = after.split(' ').filter_map(|f| f.parse().ok()).collect();
    // utime, stime, cutime, cstime: fields 14 to 17 of stat(5); the state is not a number.
    fields.get(10..14).map_or(0.0, |t| t.iter().sum::<f64>() / TICKS_PER_SECOND)
}

/// CPU time of PostgreSQL: the postmaster and its live children, seconds.
pub fn cpu_of_tree(pid: u32) -> f64 {
    let children = fs::read_dir("/proc").unwrap().flatten().filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |child: &u32| {
        let status = fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
        status.lines().any(|l| l.strip_prefix("PPid:").is_some_and(|p| p.trim() == pid.to_string()))
    };
    cpu(pid) + children.filter(is_child).map(cpu).sum::<f64>()
}

/// A field of the process's status in MiB: `VmRSS` (now) or `VmHWM` (at most).
pub fn memory_mib(pid: u32, field: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix(field)?.strip_prefix(':')).unwrap_or("0");
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}
