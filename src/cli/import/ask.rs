//! Asking the person at the terminal. Secrets are not shown while typed.

use std::io::{self, Write as _};

use super::details::Details;
use crate::cli::error::CliError;
use crate::cli::output::{plain, say};
use crate::engine::Draft;
use crate::secret::Secret;

/// Everything that an account needs besides its code; Enter leaves a thing out.
pub fn details(draft: &Draft) -> Result<Details, CliError> {
    let known = Details::of(draft);
    let label = line("Name for it", &known.label)?;
    if known.broker.is_none() {
        return Ok(Details { label, ..known });
    }
    let client_code = known.client_code.clone();
    let client_code = line("Client code", &client_code)?;
    let pin = hidden("PIN (not shown)")?;
    let api_key = hidden("API key (not shown)")?;
    let api_secret = hidden("API secret, only for OpenAlgo (not shown; Enter leaves it out)")?;
    let redirect_url = line("Redirect URL, only for OpenAlgo (Enter leaves it out)", "")?;
    let redirect_url = Some(redirect_url).filter(|url| !url.is_empty());
    Ok(Details {
        broker: known.broker,
        issuer: known.issuer,
        label,
        client_code,
        pin,
        api_key,
        api_secret,
        redirect_url,
    })
}

/// A line, or `default` where Enter alone was pressed.
fn line(question: &str, default: &str) -> Result<String, CliError> {
    let default_shown = match default {
        "" => String::new(),
        default => format!(" [{}]", plain(default)),
    };
    let answer = read_line(&format!("{question}{default_shown}: "))?;
    Ok(if answer.is_empty() {
        default.to_owned()
    } else {
        answer
    })
}

/// Yes unless the answer starts with an n.
pub fn yes(question: &str) -> Result<bool, CliError> {
    let answer = read_line(&format!("{question} [Y/n] "))?;
    Ok(!answer.to_ascii_lowercase().starts_with('n'))
}

fn read_line(prompt: &str) -> Result<String, CliError> {
    let mut stderr = io::stderr().lock();
    // A prompt that cannot be shown is answered all the same, or not at all.
    let _ = stderr
        .write_all(prompt.as_bytes())
        .and_then(|()| stderr.flush());
    drop(stderr);
    let mut answer = String::new();
    match io::stdin().read_line(&mut answer) {
        Ok(0) => {
            say("");
            Err(CliError::InputEnded)
        }
        Ok(_) => Ok(answer.trim().to_owned()),
        Err(error) => Err(CliError::Input(error.kind())),
    }
}

/// A secret, typed unseen; `None` where Enter alone was pressed.
pub fn hidden(question: &str) -> Result<Option<Secret>, CliError> {
    match rpassword::prompt_password(format!("{question}: ")) {
        Ok(text) => Ok(Secret::new(text).trimmed()),
        Err(error) => match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::Interrupted => {
                say("");
                Err(CliError::InputEnded)
            }
            kind => Err(CliError::Input(kind)),
        },
    }
}
