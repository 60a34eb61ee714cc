//! The `botfarm` program: arguments, exit code.

use botfarm::cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
