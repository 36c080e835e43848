//! Each test is a call of the tool.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn run(words: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_words"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A tool that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn standard_input_is_read() {
    let output = run(&["-", "--count", "1"], "one two two");
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), "     2  two\n");
}

#[test]
fn a_script_gets_json() {
    let output = run(&["-", "--json"], "one");
    assert_eq!(text(&output.stdout), "[{\"word\":\"one\",\"count\":1}]\n");
}

#[test]
fn files_are_read() {
    let output = run(&["Cargo.toml", "src/main.rs"], "");
    assert!(output.status.success());
    assert_eq!(text(&output.stdout).lines().count(), 10);
}

#[test]
fn what_is_wrong_is_said() {
    for (words, said, code) in [
        (&["nowhere.txt"][..], "nowhere.txt", 1),
        (&["-", "--count", "0"], "--count", 2),
        (&[], "Usage", 2),
    ] {
        let output = run(words, "");
        assert_eq!(output.status.code(), Some(code), "{words:?}");
        assert!(text(&output.stderr).contains(said), "{words:?}");
    }
}
