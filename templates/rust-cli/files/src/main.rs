//! The command line: what it takes, and how it answers.

mod count;

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::{fmt, fs};

use clap::Parser;

use crate::count::{Word, commonest};

/// {{ title }}.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The files to read; - is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,

    /// How many words to name
    #[arg(short = 'n', long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    count: u16,

    /// Answer as JSON, for a script
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut text = String::new();
    for file in &arguments.files {
        let read = if file.as_os_str() == "-" {
            io::stdin().read_to_string(&mut text).map(drop)
        } else {
            fs::read_to_string(file).map(|content| text.push_str(&content))
        };
        read.map_err(|error| Failure(format!("{}: {error}", file.display())))?;
        text.push('\n');
    }
    let words = commonest(&text, arguments.count.into());
    show(&words, arguments.json).map_err(|error| Failure(error.to_string()))
}

fn show(words: &[Word], json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer(&mut out, words)?;
        return writeln!(out);
    }
    for word in words {
        writeln!(out, "{:>6}  {}", word.count, word.word)?;
    }
    Ok(())
}

/// Why it did not work, as a person reads it.
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
