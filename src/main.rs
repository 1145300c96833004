//! No arguments: the window. A subcommand: the command line.

use std::panic;
use std::process::ExitCode;
use std::{env, io, thread};

use kunji::cli::{self, Arguments, CliError, Status};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Its panics are caught: the QR decoder has them on some photos.
const READER_THREAD: &str = "kunji-reader";

fn main() -> ExitCode {
    install_panic_hook();
    match run() {
        Ok(status) => status.into(),
        Err(error) => {
            cli::complain(&error);
            error.status().into()
        }
    }
}

fn run() -> Result<Status, CliError> {
    start_log()?;
    match Arguments::read()?.command {
        Some(command) => Ok(cli::run(&command)),
        None => window(),
    }
}

#[cfg(feature = "gui")]
fn window() -> Result<Status, CliError> {
    cli::check_environment()?;
    match kunji::app::run() {
        Ok(()) => Ok(Status::Done),
        Err(error) => Err(CliError::Window(error.to_string())),
    }
}

#[cfg(not(feature = "gui"))]
fn window() -> Result<Status, CliError> {
    Err(CliError::NoWindow)
}

/// A panic's payload may hold a secret: only its place is told.
fn install_panic_hook() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(
            || "an unknown place".to_owned(),
            |at| format!("{}:{}", at.file(), at.line()),
        );
        tracing::error!(%place, "panic");
        if thread::current().name() != Some(READER_THREAD) {
            cli::say(&format!(
                "kunji: internal error at {place}. This is a mistake in Kunji: please report it \
                 with this line."
            ));
        }
    }));
}

/// Off unless `KUNJI_LOG` names a level. Kunji's own lines alone, whatever the
/// level: libraries below log headers and bodies, and with them PIN and tokens.
fn start_log() -> Result<(), CliError> {
    let Some(level) = env::var_os("KUNJI_LOG").filter(|level| !level.is_empty()) else {
        return Ok(());
    };
    let level = match level.to_string_lossy().to_ascii_lowercase().as_str() {
        "off" => return Ok(()),
        "error" => LevelFilter::ERROR,
        "warn" => LevelFilter::WARN,
        "info" => LevelFilter::INFO,
        "debug" => LevelFilter::DEBUG,
        "trace" => LevelFilter::TRACE,
        _ => return Err(CliError::LogLevel),
    };
    // Its own errors would go to the same standard error, and panic there.
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .log_internal_errors(false);
    tracing_subscriber::registry()
        .with(lines)
        .with(Targets::new().with_target("kunji", level))
        .init();
    Ok(())
}
