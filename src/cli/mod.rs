//! The command line: one file per subcommand, and what they share.
//!
//! Results go to standard output, everything else to standard error. With
//! `--json` a command writes one JSON value, its failure included:
//! `{"error": {"kind": "…", "message": "…"}}`, with the same exit code.

mod code;
mod doctor;
mod error;
mod find;
mod import;
mod list;
mod login;
mod output;
mod qr;
mod running;
mod secret_argument;
mod session;
mod shapes;
mod status;

use clap::{Parser, Subcommand};

pub use self::error::{CliError, Status};
pub use self::output::{complain, say};
pub use self::running::check_environment;

const AFTER_HELP: &str = "\
Without a command, the window opens.

ACCOUNT is a name, a client code or an id, as `kunji list` shows them.

Secrets come in by prompt, standard input or --secret-file, never as an argument: arguments \
are visible to every program on this computer.

With --json a command writes one JSON value to standard output. Where it fails, that is \
{\"error\": {\"kind\": …, \"message\": …}}, and the exit code is the same as without. Only wrong \
usage is always told on standard error.

Exit codes:
  0  done
  1  failed
  2  wrong usage
  3  refused by the broker
  4  keyring unavailable or locked

Environment:
  KUNJI_SMARTAPI_URL  the broker's address: https, or http on this computer only
  KUNJI_VAULT         where secrets are kept: keyring
  KUNJI_LOG           error, warn, info, debug or trace, to standard error";

/// TOTP codes and one-click login for AngelOne's SmartAPI
#[derive(Parser)]
#[command(name = "kunji", version, after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Subcommand)]
pub enum Command {
    Qr(qr::QrArgs),
    Import(import::ImportArgs),
    List(list::ListArgs),
    Code(code::CodeArgs),
    Login(login::LoginArgs),
    Status(status::StatusArgs),
    Doctor(doctor::DoctorArgs),
}

impl Arguments {
    /// The arguments of this process. Help and wrong usage end it here.
    ///
    /// # Errors
    /// An argument that holds a secret: clap would repeat it in its message.
    pub fn read() -> Result<Self, CliError> {
        if secret_argument::any(std::env::args_os().skip(1)) {
            return Err(CliError::SecretArgument);
        }
        Ok(Self::parse())
    }
}

/// Does what was asked and tells how it went.
pub fn run(command: &Command) -> Status {
    let (json, result) = match command {
        Command::Qr(args) => (args.json, args.run()),
        Command::Import(args) => (args.json, args.run()),
        Command::List(args) => (args.json, args.run()),
        Command::Code(args) => (args.json, args.run()),
        Command::Login(args) => (args.json, args.run()),
        Command::Status(args) => (args.json, args.run()),
        Command::Doctor(args) => (args.json, args.run()),
    };
    match result {
        Ok(status) => status,
        Err(error) => {
            if json {
                output::complain_json(&error);
            } else {
                complain(&error);
            }
            error.status()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
