//! A desktop, a broker and a window; what most tests do with them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use qrcode::QrCode;

use crate::support::desktop::{
    App, Containing, Desktop, Keyring, Name, Process, Role, Window, wait_for,
};
use crate::support::paper::{Client, Limits, PaperBroker};
use crate::support::sample;

pub const KUNJI: &str = env!("CARGO_BIN_EXE_kunji");

pub struct World {
    // Dropped from top to bottom: the window before its desktop.
    pub kunji: Option<Process>,
    pub desktop: Desktop,
    pub broker: PaperBroker,
}

impl World {
    pub fn new(keyring: Keyring) -> Self {
        let broker = PaperBroker::start();
        broker.add(Client::sample());
        // What is tried here is not the broker's patience.
        broker.set_limits(Limits::off());
        Self {
            kunji: None,
            desktop: Desktop::start(keyring),
            broker,
        }
    }

    /// With the window open on the first start.
    pub fn open(keyring: Keyring) -> Self {
        let mut world = Self::new(keyring);
        world.start();
        world
    }

    /// Starts the window; `self.app()` reads it.
    pub fn start(&mut self) {
        let mut command = self.desktop.command(KUNJI);
        command.env("KUNJI_SMARTAPI_URL", self.broker.url());
        command.env("KUNJI_LOG", "trace");
        let kunji = self.desktop.spawn(&mut command);
        let window = self.desktop.window_of(&kunji);
        self.desktop.focus(&window);
        self.kunji = Some(kunji);
    }

    pub fn kunji(&self) -> &Process {
        self.kunji.as_ref().expect("the window is open")
    }

    pub fn app(&self) -> App {
        self.desktop.app(self.kunji())
    }

    pub fn window(&self) -> Window {
        self.desktop.window_of(self.kunji())
    }

    /// Closes the window as its cross does, and waits for the end of the program.
    pub fn close(&mut self) {
        let window = self.window();
        self.desktop.close_window(&window);
        let mut kunji = self.kunji.take().expect("the window is open");
        let status = kunji.wait();
        assert!(status.success(), "{status}\n{}", kunji.errors());
    }

    /// Waits until a label says so somewhere.
    #[track_caller]
    pub fn says(&self, text: &str) {
        self.app().says(Containing(text));
    }

    /// The same for what takes longer than a moment.
    #[track_caller]
    pub fn says_within(&self, deadline: Duration, text: &str) {
        self.app().with_deadline(deadline).says(Containing(text));
    }

    #[track_caller]
    pub fn press(&self, button: &str) {
        self.app().press(button);
    }

    #[track_caller]
    pub fn fill(&self, role: Role, field: &str, text: &str) {
        self.app().find(role, field).set_text(text);
    }

    /// Fills in what the sample account needs besides the code.
    pub fn fill_credentials(&self, pin: &str, api_key: &str) {
        self.fill(Role::PasswordText, "PIN", pin);
        self.fill(Role::PasswordText, "API key", api_key);
    }

    pub fn paste(&self, text: &str) {
        self.desktop.set_clipboard(text);
        self.desktop.focus(&self.window());
        self.desktop.key("ctrl+v");
    }

    /// Adds the sample account without logging in, and is back at the list.
    pub fn add_sample(&self) {
        self.add(&sample::uri(), &Client::sample());
    }

    pub fn add(&self, uri: &str, client: &Client) {
        self.app().find(Role::Button, "Paste");
        self.paste(uri);
        self.says("your phone should show the same");
        self.fill_credentials(&client.pin, &client.api_key);
        self.press("Save without testing");
        self.app().find(Role::Button, CodeButton);
    }

    /// The code as the card shows it, digits alone.
    pub fn shown_code(&self) -> String {
        let node = self.app().find(Role::Button, CodeButton);
        node.name().chars().filter(char::is_ascii_digit).collect()
    }

    /// Names of Kunji's items in the keyring.
    pub fn items(&self) -> Vec<String> {
        let secrets = self.desktop.secrets().into_iter();
        let ours = secrets.filter(|s| s.attributes.get("service").is_some_and(|s| s == "kunji"));
        ours.filter_map(|s| s.attributes.get("username").cloned())
            .collect()
    }

    /// The secrets that Kunji keeps, in base32 and in order.
    pub fn kept(&self) -> Vec<String> {
        let secrets = self.desktop.secrets().into_iter();
        let mut kept: Vec<String> = secrets
            .filter_map(|item| {
                // A session has none.
                let json = data_encoding::BASE64.decode(&item.value).ok()?;
                let value: serde_json::Value = serde_json::from_slice(&json).ok()?;
                Some(value.get("secret")?.as_str()?.to_owned())
            })
            .collect();
        kept.sort();
        kept
    }

    /// A file in the desktop's home.
    pub fn file(&self, name: &str, contents: &[u8]) -> PathBuf {
        let path = self.desktop.home().join(name);
        std::fs::write(&path, contents).expect("a file in the home folder");
        path
    }

    /// A picture of one or several QR codes side by side.
    pub fn picture(&self, name: &str, texts: &[&str]) -> PathBuf {
        let path = self.desktop.home().join(name);
        picture(&path, texts);
        path
    }

    /// Drops a file and waits for what the window says.
    #[track_caller]
    pub fn drop_and_read(&self, path: &Path, text: &str) {
        self.desktop.drop_file(&self.window(), path);
        self.says(text);
    }

    /// The same for several files in one go.
    #[track_caller]
    pub fn drop_all(&self, paths: &[&Path], text: &str) {
        self.desktop.drop_files(&self.window(), paths);
        self.says(text);
    }

    /// Runs `kunji` in the terminal, on the same keyring; what it wrote to its output.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = self.desktop.command(KUNJI);
        let ended = command.args(arguments).output().expect("kunji runs");
        let output = String::from_utf8(ended.stdout).expect("kunji writes text");
        (ended.status.code(), output)
    }

    /// Waits for a condition on the broker's side.
    #[track_caller]
    pub fn broker_saw(&self, requests: usize) {
        wait_for("the broker's requests", || {
            (self.broker.requests() >= requests).then_some(())
        });
    }
}

pub fn picture(path: &Path, texts: &[&str]) {
    let codes: Vec<_> = texts
        .iter()
        .map(|text| {
            let code = QrCode::new(text).expect("a text that fits a QR code");
            code.render::<image::Luma<u8>>()
                .module_dimensions(4, 4)
                .build()
        })
        .collect();
    let width = codes.iter().map(image::GrayImage::width).sum();
    let height = codes
        .iter()
        .map(image::GrayImage::height)
        .max()
        .expect("a code");
    let mut picture = image::GrayImage::from_pixel(width, height, image::Luma([255]));
    let mut left = 0;
    for code in &codes {
        image::imageops::overlay(&mut picture, code, left, 0);
        left += i64::from(code.width());
    }
    picture.save(path).expect("a picture in the home folder");
}

/// The button that shows a code and copies it.
pub struct CodeButton;

impl Name for CodeButton {
    fn fits(&self, name: &str) -> bool {
        name.starts_with("Code ") && name.ends_with(", copy")
    }

    fn describe(&self) -> String {
        "that shows a code".to_owned()
    }
}
