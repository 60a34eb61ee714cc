//! The sandbox as a program, driven by its controls.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ask(control: &mut BufReader<TcpStream>, request: &Value) -> Value {
    control.get_mut().write_all(format!("{request}\n").as_bytes()).unwrap();
    let mut line = String::new();
    control.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

#[test]
fn the_program_makes_bots_keys_and_messages() {
    let child = Command::new(env!("CARGO_BIN_EXE_telegram-sandbox"))
        .args(["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = Program(child);
    let mut line = String::new();
    BufReader::new(program.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let control = line.trim().rsplit(' ').next().unwrap();
    let mut control = BufReader::new(TcpStream::connect(control).unwrap());
    assert_eq!(ask(&mut control, &json!({"add_bot": {"token": "7:x", "username": "b"}})), json!({"bot": 7}));
    assert_eq!(ask(&mut control, &json!({"issue_key": {}}))["key"].as_str().unwrap().len(), 512);
    ask(&mut control, &json!({"send": {"bot": 7, "user": 1, "text": "hello"}}));
    let chat = ask(&mut control, &json!({"chat": {"bot": 7, "user": 1}}));
    assert_eq!(chat["messages"][0]["text"], "hello");
    assert!(ask(&mut control, &json!({"nonsense": {}}))["error"].is_string());
}
