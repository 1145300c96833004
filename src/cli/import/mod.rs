//! `kunji import`: accounts from pictures and otpauth links into the keyring.

mod ask;
mod details;
mod report;
mod secret_file;
pub mod source;

use std::io::{self, ErrorKind, IsTerminal as _};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

pub use self::secret_file::SecretFileError;

use self::details::Details;
use self::report::{AccountJson, Ending, ReportJson, SourceErrorJson, report};
use self::secret_file::SecretFile;
use self::source::{Brought, Found, Passwords};
use super::error::{CliError, ErrorJson, Status};
use super::find::named;
use super::output::{out, out_json, plain, say};
use super::running::{Running, VAULT_DEADLINE};
use crate::account::Account;
use crate::engine::{AccountView, Command, Draft, Event, FileLock, IMPORT_LOCK, VaultError, lock};

/// For another import to be done.
const PATIENCE: Duration = Duration::from_mins(2);
const SECRET_FILE: &str = "A JSON file with PIN, API key and the rest, closed to other users";
const SECRET_FILE_LONG: &str = "\
A JSON file with PIN, API key and the rest, closed to other users

It holds one object with any of pin, api_key, api_secret, redirect_url, client_code and label, \
each a text in double quotes. It belongs to one account: where several codes are found, to the \
one with its client_code.";

/// Add accounts from QR code pictures, otpauth links, or another authenticator's backup
///
/// Kunji reads exports of Google Authenticator (all pictures of one at once), and backups of Aegis,
/// 2FAS, andOTP, Ente Auth, Proton Authenticator, Bitwarden, FreeOTP+ and KeePassXC, encrypted or
/// not; a folder is every such file in it.
///
/// What a login needs besides the code (client code, PIN, API key) is asked for, or taken from
/// --secret-file. With --yes, or where nobody sits at a terminal, nothing is asked: what is missing
/// stays empty. A secret that is already saved is passed over.
#[allow(clippy::doc_markdown, reason = "it is the help, shown as it stands")]
#[derive(Args)]
pub struct ImportArgs {
    /// A picture, a backup or a folder of them; - reads a picture, links or a token number
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<PathBuf>,
    /// Ask nothing, and take every code that is found
    #[arg(long, short)]
    yes: bool,
    /// A file with the password of an encrypted backup, closed to other users
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    #[arg(long, value_name = "FILE", help = SECRET_FILE, long_help = SECRET_FILE_LONG)]
    secret_file: Option<PathBuf>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

impl ImportArgs {
    pub fn run(&self) -> Result<Status, CliError> {
        let file = self
            .secret_file
            .as_deref()
            .map(SecretFile::read)
            .transpose()?;
        let kunji = Running::start()?;
        let brought = Brought::read(&kunji, &self.sources, &self.passwords()?)?;
        let mut import = Import {
            kunji: &kunji,
            json: self.json,
            asking: !self.yes && file.is_none() && io::stdin().is_terminal(),
            file,
            several: brought.found.len() > 1,
            provider: String::new(),
            saved: Vec::new(),
            output: Ok(()),
        };
        if !self.json {
            for (source, error) in &brought.errors {
                say(&format!("kunji: {source}: {}", plain(&error.message)));
            }
        }
        let mut status = if brought.failed {
            Status::Failed
        } else {
            Status::Done
        };
        let mut accounts = Vec::new();
        if !brought.found.is_empty() {
            let _lock = import.lock()?;
            let snapshot = kunji.open_vault()?;
            import.provider.clone_from(&snapshot.provider);
            import.saved = snapshot.accounts.iter().map(account_of).collect();
            for found in brought.found {
                let account = import.add(found)?;
                status = status.max(match account.result {
                    Ending::Failed => Status::Keyring,
                    Ending::Saved | Ending::AlreadySaved | Ending::Declined => Status::Done,
                });
                accounts.push(account);
            }
        }
        import.output?;
        if self.json {
            let errors = brought.errors.into_iter();
            let errors = errors
                .map(|(source, error)| SourceErrorJson { source, error })
                .collect();
            out_json(&ReportJson { accounts, errors })?;
        }
        Ok(status)
    }
}

impl ImportArgs {
    fn passwords(&self) -> Result<Passwords, CliError> {
        Ok(match &self.password_file {
            Some(path) => Passwords::Given(secret_file::read_password(path)?),
            None if !self.yes && io::stdin().is_terminal() => Passwords::Asked,
            None => Passwords::None,
        })
    }
}

fn account_of(view: &AccountView) -> Account {
    (*view.account).clone()
}

struct Import<'a> {
    kunji: &'a Running,
    json: bool,
    asking: bool,
    file: Option<SecretFile>,
    several: bool,
    provider: String,
    /// What the vault holds, with what this run has put there.
    saved: Vec<Account>,
    /// The first failure of the output: it must not keep anything from being saved.
    output: Result<(), CliError>,
}

impl Import<'_> {
    /// Keeps other imports away until this one is done. Nobody is kept waiting for
    /// a person at a terminal.
    fn lock(&self) -> Result<Option<FileLock>, CliError> {
        if self.asking {
            return Ok(None);
        }
        match lock(self.kunji.state_dir(), IMPORT_LOCK, PATIENCE) {
            Ok(lock) => Ok(Some(lock)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                Err(VaultError::OtherImport.into())
            }
            // A folder that cannot be used keeps nobody from importing.
            Err(_) => Ok(None),
        }
    }

    fn add(&mut self, found: Found) -> Result<AccountJson, CliError> {
        let Found { source, draft } = found;
        let secret = draft.otp.secret();
        if let Some(old) = self
            .saved
            .iter()
            .find(|account| account.otp.secret() == secret)
        {
            let line = format!(
                "{source}: already saved as {}; nothing changed.",
                named(old)
            );
            let account = report(source, Ending::AlreadySaved, old, Vec::new());
            self.tell(&line);
            return Ok(account);
        }
        self.announce(&source, &draft);
        let mut account = Account::new(draft.otp.clone());
        if self.asking && self.several && !ask::yes("Add it?")? {
            account.label.clone_from(&draft.name);
            self.tell(&format!("{source}: not saved."));
            return Ok(report(source, Ending::Declined, &account, Vec::new()));
        }
        let mut warnings = Vec::new();
        let details = match &self.file {
            _ if self.asking => ask::details(&draft)?,
            Some(file) => file.details(&draft, !self.several, &mut warnings),
            None => Details::of(&draft),
        };
        warnings.extend(details.warnings(&draft, &self.saved));
        details.put_into(&mut account);
        if !self.json || self.asking {
            for warning in &warnings {
                say(&format!("  Note: {warning}"));
            }
        }
        if self.asking && !warnings.is_empty() && !ask::yes("Save it like this?")? {
            self.tell(&format!("{source}: not saved."));
            return Ok(report(source, Ending::Declined, &account, warnings));
        }
        let result = self.save(&account)?;
        Ok(self.saved_or_not(source, account, warnings, result))
    }

    /// The code that it gives now, for comparing with the phone before saving.
    fn announce(&self, source: &str, draft: &Draft) {
        if self.json && !self.asking {
            return;
        }
        let whose = match (draft.name.as_str(), &draft.issuer) {
            ("", None) => String::new(),
            ("", Some(issuer)) => format!(" from {}", plain(issuer)),
            (name, None) => format!(" for {}", plain(name)),
            (name, Some(issuer)) => format!(" for {} from {}", plain(name), plain(issuer)),
        };
        if !io::stderr().is_terminal() {
            // Into somebody's log, perhaps: no code goes there.
            say(&format!("{source}: a code{whose}."));
            return;
        }
        let unix_secs = self.kunji.unix_secs();
        say(&format!(
            "{source}: a code{whose}. It shows {} now, for another {} s; the phone should show the \
             same.",
            draft.otp.code_at(unix_secs).grouped(),
            draft.otp.remaining_at(unix_secs)
        ));
    }

    fn save(&self, account: &Account) -> Result<Result<(), VaultError>, CliError> {
        let account = Box::new(account.clone());
        self.kunji.send(Command::Save {
            request: 0,
            old: None,
            account,
            then_log_in: false,
        })?;
        let answer = self.kunji.wait(VAULT_DEADLINE, |event| match event {
            Event::Saved { .. } => Some(Ok(())),
            Event::SaveFailed { error, .. } => Some(Err(error)),
            _ => None,
        })?;
        Ok(answer.unwrap_or(Err(VaultError::Timeout)))
    }

    fn saved_or_not(
        &mut self,
        source: String,
        account: Account,
        warnings: Vec<String>,
        result: Result<(), VaultError>,
    ) -> AccountJson {
        let name = named(&account);
        match result {
            Ok(()) => {
                self.tell(&format!(
                    "{source}: saved {name} in {}, id {}.",
                    self.provider, account.id
                ));
                let missing = account.lacking();
                if !self.json && !missing.is_empty() {
                    let missing = missing.join(", ");
                    say(&format!(
                        "  Still missing: {missing}. Logging in needs that; enter it in the window."
                    ));
                }
                let report = report(source, Ending::Saved, &account, warnings);
                self.saved.push(account);
                report
            }
            Err(error) => {
                let error = ErrorJson::from(&error);
                if !self.json {
                    say(&format!(
                        "kunji: {source}: {name} was not saved. {}",
                        error.message
                    ));
                }
                let report = report(source, Ending::Failed, &account, warnings);
                AccountJson {
                    id: None,
                    error: Some(error),
                    ..report
                }
            }
        }
    }

    fn tell(&mut self, line: &str) {
        if !self.json {
            let told = out(line);
            self.output = std::mem::replace(&mut self.output, Ok(())).and(told);
        }
    }
}
