//! The paper broker by itself, to try Kunji with: `cargo run --example paper-broker`.
//!
//! Its address is the first line on standard output; each request follows on standard error.
#![allow(clippy::print_stderr, clippy::print_stdout, reason = "it is a command")]
#![warn(clippy::pedantic)]

#[path = "paper/mod.rs"]
mod paper;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use paper::{Call, Client, Misbehaviour, PaperBroker};

/// A broker on loopback, for trying Kunji without an account
#[derive(Parser)]
struct Options {
    /// Port on 127.0.0.1; 0 is any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Client code of the one account; what is not given is the sample's
    #[arg(long, value_name = "CODE")]
    client: Option<String>,
    #[arg(long)]
    pin: Option<String>,
    #[arg(long, value_name = "KEY")]
    api_key: Option<String>,
    /// TOTP secret
    #[arg(long, value_name = "BASE32")]
    secret: Option<String>,
    /// How to misbehave, e.g. `FirewallHtml`, `Refuse=AB1006:Blocked`, `Redirect=URL`; a wrong name lists them all
    #[arg(long, value_name = "NAME[=ARGUMENT]")]
    misbehave: Vec<Misbehaviour>,
    /// On which call to misbehave
    #[arg(long, value_name = "CALL", default_value = "Any")]
    on: Call,
    /// On how many requests each misbehaviour comes; always, if not given
    #[arg(long, value_name = "N", default_value_t = u32::MAX, hide_default_value = true)]
    times: u32,
    /// Seconds that the broker's clock is ahead; behind, if negative
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    clock_offset: i64,
}

impl Options {
    fn client(&self) -> Client {
        let mut client = Client::sample();
        let given = [
            (&self.client, &mut client.client_code),
            (&self.pin, &mut client.pin),
            (&self.api_key, &mut client.api_key),
            (&self.secret, &mut client.secret_base32),
        ];
        for (option, field) in given {
            if let Some(value) = option {
                field.clone_from(value);
            }
        }
        client
    }
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("paper-broker: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until a signal ends the process, or nobody reads its log any more.
fn run(options: &Options) -> io::Result<()> {
    let client = options.client();
    if let Some(fault) = client.fault() {
        return Err(io::Error::other(fault));
    }
    let broker = PaperBroker::start_on(options.port)?;
    broker.add(client);
    broker.set_clock_offset(options.clock_offset);
    for how in &options.misbehave {
        broker.misbehave(options.on, how.clone(), options.times);
    }
    writeln!(io::stdout(), "{}", broker.url())?;

    let mut shown = 0;
    loop {
        broker.wait_for(Duration::from_mins(1), |log| log.len() > shown);
        for entry in broker.log().iter().skip(shown) {
            writeln!(io::stderr(), "{entry}")?;
            shown += 1;
        }
    }
}
