//! Kunji's main job, done once before your eyes: `make demo`.
//!
//! The real program, a real keyring and a real file dialog, on a desktop of their own that is gone
//! afterwards, against the paper broker. What the window showed stays in the folder `demo`.

mod desktop;
mod paper;
#[allow(dead_code, reason = "its other users are tests")]
mod sample;

use std::{
    env, fs,
    io::{self, Write as _},
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    path::{Path, PathBuf},
    process::ExitCode,
};

use desktop::{Containing, Desktop, Keyring, Process, Role, Such, wait_for};
use paper::{Client, PaperBroker};

const FOLDER: &str = "demo";
/// Made up, in the form of Aegis; one entry counts logins, which Kunji does not do.
const BACKUP: &str = r#"{"version": 1, "header": {"slots": null, "params": null},
  "db": {"version": 2, "entries": [
    {"type": "totp", "name": "asha@example.in", "issuer": "GitHub",
     "info": {"secret": "KUNJIMADEUPGITHUB2345677AA", "algo": "SHA1", "digits": 6, "period": 30}},
    {"type": "totp", "name": "asha", "issuer": "Mail",
     "info": {"secret": "KUNJIMADEUPMAIL234567723AA", "algo": "SHA256", "digits": 8, "period": 60}},
    {"type": "steam", "name": "asha", "issuer": "Steam",
     "info": {"secret": "KUNJIMADEUPSTEAM23456723AA", "algo": "SHA1", "digits": 5, "period": 30}},
    {"type": "hotp", "name": "door", "issuer": "Office",
     "info": {"secret": "KUNJIMADEUPDOOR234567723AA", "algo": "SHA1", "digits": 6, "counter": 4}}
  ]}}"#;
const WRONG_PIN: &str = "0000";

fn main() -> ExitCode {
    // The desktop says in a panic what it waited for in vain.
    panic::set_hook(Box::new(|panic| complain(&reason(panic))));
    match panic::catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            complain(&error);
            ExitCode::FAILURE
        }
        Err(_told_by_the_hook) => ExitCode::FAILURE,
    }
}

fn reason(panic: &PanicHookInfo<'_>) -> String {
    panic
        .payload_as_str()
        .map_or_else(|| panic.to_string(), str::to_owned)
}

fn complain(reason: &impl std::fmt::Display) {
    // Where standard error is gone there is nobody to tell.
    let _ = writeln!(io::stderr(), "The demo failed: {reason}");
}

fn run() -> io::Result<()> {
    let mut demo = Demo::new()?;
    demo.first_account()?;
    demo.code()?;
    demo.refused_account()?;
    demo.backup()?;
    demo.restart()?;
    demo.end()
}

struct Demo {
    // Dropped from top to bottom: the window before its desktop.
    kunji: Option<Process>,
    desktop: Desktop,
    broker: PaperBroker,
    program: PathBuf,
    folder: PathBuf,
    pictures: Vec<PathBuf>,
}

impl Demo {
    fn new() -> io::Result<Self> {
        let program = program()?;
        fs::create_dir_all(FOLDER)?;
        let folder = fs::canonicalize(FOLDER)?;
        tell("A desktop of its own: a display that nobody sees, a session bus, GNOME Keyring.")?;
        let desktop = Desktop::start(Keyring::Unlocked);
        let broker = PaperBroker::start();
        broker.add(Client::sample());
        broker.add(Client::other(1));
        tell(&format!(
            "A paper broker in AngelOne’s place, on {}.",
            broker.url()
        ))?;
        Ok(Self {
            kunji: None,
            desktop,
            broker,
            program,
            folder,
            pictures: Vec::new(),
        })
    }

    fn first_account(&mut self) -> io::Result<()> {
        tell("Kunji starts for the first time.")?;
        self.open();
        self.app()?.find(Role::Button, "Choose a file");
        self.picture("first-start")?;

        tell("The saved screenshot of the QR code is chosen in the file dialog.")?;
        self.press("Choose a file")?;
        self.desktop.choose_in_file_dialog(&sample::picture());
        self.says("sample-qr.png")?;
        self.app()?
            .find(Role::Entry, "Client code")
            .expect_text("A123456");

        tell("Kunji has read it; name, PIN and API key are added.")?;
        self.fill_in("Mine", &Client::sample())?;
        self.picture("account-form")?;

        tell("It is saved to the keyring, and its login tested.")?;
        self.press("Save and test login")?;
        self.says("AngelOne accepted the login.")?;
        self.picture("login-accepted")?;
        self.press("Done")?;
        // Kunji asks whether the picture may go: it is the sample, and stays.
        self.press("Keep")
    }

    fn code(&mut self) -> io::Result<()> {
        self.says("Logged in until")?;
        wait_for("the code that RFC 6238 gives", || {
            self.shows_the_code().then_some(())
        });
        tell("The account shows its code, the one that RFC 6238 gives, and its session.")?;
        self.picture("accounts")?;
        self.press("Copy code")?;
        wait_for("the code on the clipboard", || {
            let copied = self.desktop.clipboard()?;
            sample::codes_around_now().contains(&copied).then_some(())
        });
        tell("The code is copied; the clipboard holds it.")
    }

    fn refused_account(&mut self) -> io::Result<()> {
        tell("A second account is pasted as otpauth text, and given a wrong PIN.")?;
        let client = Client {
            pin: WRONG_PIN.to_owned(),
            ..Client::other(1)
        };
        self.press("+ Add account")?;
        self.app()?.find(Role::Button, "Paste");
        self.desktop.set_clipboard(&uri(&client));
        self.desktop.focus(&self.desktop.window_of(self.kunji()?));
        self.desktop.key("ctrl+v");
        self.says("the pasted text")?;
        self.fill_in("Family", &client)?;
        self.press("Save and test login")?;
        self.says("AngelOne refused the login")?;
        self.press("Leave it so")?;
        self.app()?.find(Role::Button, "+ Add account");
        self.says("Login refused")?;
        tell("AngelOne refuses it, and the card says why and what comes next.")?;
        self.picture("login-refused")
    }

    fn backup(&mut self) -> io::Result<()> {
        tell("A backup of Aegis is dropped on the window, with codes of other services.")?;
        let path = self.desktop.home().join("aegis-backup.json");
        fs::write(&path, BACKUP)?;
        let window = self.desktop.window_of(self.kunji()?);
        self.desktop.drop_file(&window, &path);
        self.says("3 codes, 1 not readable.")?;
        self.picture("what-was-found")?;
        self.press("Import 3 accounts")?;
        self.says("3 accounts saved.")?;
        self.says("Delete the file?")?;
        tell("They are saved, and Kunji asks whether the backup may go to the trash.")?;
        self.picture("delete-the-backup")?;
        self.press("Move to trash")?;
        self.says("Moved to the trash.")
    }

    fn restart(&mut self) -> io::Result<()> {
        tell("Kunji is closed and started again.")?;
        self.close()?;
        self.open();
        self.says("Mine")?;
        self.says("Family")?;
        self.says("Logged in until")?;
        wait_for("the code that RFC 6238 gives", || {
            self.shows_the_code().then_some(())
        });
        tell("Both accounts and the session are still there, out of the keyring.")?;
        self.picture("after-restart")
    }

    fn end(mut self) -> io::Result<()> {
        self.close()?;
        let pictures = std::mem::take(&mut self.pictures);
        drop(self);
        tell("The desktop and its keyring are gone again. What the window showed:")?;
        pictures
            .iter()
            .try_for_each(|picture| tell(&picture.display().to_string()))
    }

    fn open(&mut self) {
        let mut command = self.desktop.command(&self.program);
        command.env("KUNJI_SMARTAPI_URL", self.broker.url());
        let kunji = self.desktop.spawn(&mut command);
        self.desktop.focus(&self.desktop.window_of(&kunji));
        self.kunji = Some(kunji);
    }

    /// Closes the window as its cross does, and waits for the end of the program.
    fn close(&mut self) -> io::Result<()> {
        self.desktop
            .close_window(&self.desktop.window_of(self.kunji()?));
        let status = self.kunji.take().map(|mut kunji| kunji.wait());
        match status {
            Some(status) if !status.success() => {
                Err(io::Error::other(format!("Kunji ended with {status}")))
            }
            _ => Ok(()),
        }
    }

    fn kunji(&self) -> io::Result<&Process> {
        self.kunji
            .as_ref()
            .ok_or_else(|| io::Error::other("the window is not open"))
    }

    fn app(&self) -> io::Result<desktop::App> {
        Ok(self.desktop.app(self.kunji()?))
    }

    fn press(&self, button: &str) -> io::Result<()> {
        self.app()?.press(button);
        Ok(())
    }

    fn says(&self, text: &str) -> io::Result<()> {
        self.app()?.says(Containing(text));
        Ok(())
    }

    fn fill_in(&self, name: &str, client: &Client) -> io::Result<()> {
        let app = self.app()?;
        app.find(Role::Entry, "Name").set_text(name);
        app.find(Role::PasswordText, "PIN").set_text(&client.pin);
        app.find(Role::PasswordText, "API key")
            .set_text(&client.api_key);
        Ok(())
    }

    fn shows_the_code(&self) -> bool {
        let right = |name: &str| {
            let codes = sample::codes_around_now().map(|code| sample::grouped(&code));
            codes
                .iter()
                .any(|code| name == format!("Code {code}, copy"))
        };
        self.app()
            .is_ok_and(|app| app.try_find(Role::Button, Such(right)).is_some())
    }

    /// Keeps what the window shows now, under the next number.
    fn picture(&mut self, name: &str) -> io::Result<()> {
        let number = self.pictures.len() + 1;
        let path = self.folder.join(format!("{number:02}-{name}.png"));
        let window = self.desktop.window_of(self.kunji()?);
        self.desktop.screenshot_of(&window, &path);
        self.pictures.push(path);
        Ok(())
    }
}

/// The program itself, which is built to the folder above the examples’.
fn program() -> io::Result<PathBuf> {
    let demo = env::current_exe()?;
    let program = demo
        .parent()
        .and_then(Path::parent)
        .map(|folder| folder.join("kunji"));
    program.filter(|program| program.is_file()).ok_or_else(|| {
        io::Error::other("Kunji itself is not built: run `cargo build --release`, or `make demo`")
    })
}

fn uri(client: &Client) -> String {
    let Client {
        client_code,
        secret_base32,
        ..
    } = client;
    format!("otpauth://totp/{client_code}?secret={secret_base32}&issuer=angelone.in")
}

fn tell(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}
