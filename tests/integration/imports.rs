//! Who may use whom: the import rule of `docs/ARCHITECTURE.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// For each module, the modules of the crate that it may name.
const RULE: [(&str, &[&str]); 34] = [
    ("domain", &[]),
    ("chart", &[]),
    ("clock", &[]),
    ("password", &[]),
    ("seal", &[]),
    ("health", &[]),
    ("watchdog", &["health"]),
    ("lease", &[]),
    ("lifecycle", &[]),
    ("meter", &[]),
    ("postgres", &[]),
    ("embedded_pg", &["postgres"]),
    ("config", &["domain", "password", "seal"]),
    ("telegram", &["domain", "health", "lease", "meter"]),
    ("db", &["domain", "health", "postgres"]),
    ("service", &["db", "domain", "meter"]),
    ("jobs", &["service", "domain", "clock"]),
    ("provider", &["domain", "postgres"]),
    ("inbound", &["domain", "provider", "service"]),
    ("sources", &["config", "domain", "inbound", "provider", "seal", "service"]),
    ("definition", &["config", "domain", "inbound", "seal", "service", "sources"]),
    ("trial", &["domain", "inbound", "provider", "service", "sources"]),
    ("ui", &["chart", "domain", "service", "clock", "password"]),
    ("app", &["clock", "config", "domain", "inbound", "lease", "provider", "seal", "service"]),
    (
        "bot",
        &[
            "app",
            "chart",
            "clock",
            "config",
            "definition",
            "domain",
            "health",
            "inbound",
            "jobs",
            "lease",
            "lifecycle",
            "meter",
            "password",
            "provider",
            "seal",
            "service",
            "sources",
            "telegram",
            "trial",
            "ui",
            "watchdog",
        ],
    ),
    ("fleet", &["app", "clock", "config", "domain", "lease", "lifecycle", "seal", "service"]),
    ("supervisor", &["app", "bot", "config", "domain", "fleet", "health", "lifecycle", "meter", "service", "watchdog"]),
    ("web", &["app", "definition", "inbound", "meter", "provider", "service", "supervisor"]),
    ("serve", &["app", "lifecycle", "supervisor", "watchdog", "web"]),
    (
        "cli",
        &[
            "clock",
            "config",
            "definition",
            "demo",
            "domain",
            "embedded_pg",
            "host",
            "identity",
            "lifecycle",
            "open",
            "provider",
            "seal",
            "serve",
            "service",
            "sources",
            "supervisor",
            "trial",
        ],
    ),
    ("host", &[]),
    ("identity", &[]),
    ("open", &["app", "clock", "domain", "embedded_pg", "host", "identity", "provider", "seal", "service"]),
    ("demo", &["clock", "domain", "host", "lifecycle", "open", "provider", "service"]),
];

fn sources(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The part of a file before its tests.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]").next().unwrap().to_owned()
}

fn module(root: &Path, path: &Path) -> String {
    let first = path.strip_prefix(root).unwrap().components().next().unwrap();
    first.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// Every module that a file names as `crate::…`.
fn named(code: &str) -> Vec<String> {
    let is_word = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    let after = code.split("crate::").skip(1);
    after.map(|rest| rest.chars().take_while(is_word).collect()).filter(|m: &String| !m.is_empty()).collect()
}

#[test]
fn every_module_uses_only_what_it_may() {
    let rule: BTreeMap<_, _> = RULE.into_iter().collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut wrong) = (Vec::new(), Vec::new());
    sources(&root, &mut files);
    for path in files.iter().filter(|p| !p.ends_with("lib.rs") && !p.ends_with("main.rs")) {
        let from = module(&root, path);
        let allowed = rule.get(from.as_str()).unwrap_or_else(|| panic!("{from} has no rule"));
        for to in named(&code(path)) {
            if to != from && !allowed.contains(&to.as_str()) {
                wrong.push(format!("{}: {from} may not use {to}", path.display()));
            }
        }
    }
    assert!(files.len() > 80 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_service_opens_transactions() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let opens =
        files.iter().filter(|p| [".begin().await", ".begin_audit().await"].iter().any(|open| code(p).contains(open)));
    let modules: std::collections::BTreeSet<_> = opens.map(|p| module(&root, p)).collect();
    assert_eq!(modules, ["service".to_owned()].into());
}
