//! The real command line, from outside, where no keyring is needed.
// A helper that cannot go on fails the test that called it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use image::Luma;
use qrcode::QrCode;
use serde_json::Value;
use tempfile::TempDir;

const SECRET: &str = "KUNJISAMPLEQRNOTASECRET234";
const URI: &str = "otpauth://totp/A123456?secret=KUNJISAMPLEQRNOTASECRET234&issuer=angelone.in";

/// Longer than any command here may take.
const DEADLINE: Duration = Duration::from_mins(1);

/// A home folder of its own, and nothing of the outer environment.
struct Desk {
    home: TempDir,
}

struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Desk {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.home.path().join(name)
    }

    fn file(&self, name: impl AsRef<Path>, content: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn qr(&self, name: impl AsRef<Path>, texts: &[&str]) -> PathBuf {
        self.file(name, &picture(texts))
    }

    fn run<S: AsRef<OsStr> + ?Sized>(&self, arguments: &[&S]) -> Ended {
        self.run_with(arguments, b"", &[])
    }

    fn run_with<S: AsRef<OsStr> + ?Sized>(
        &self,
        arguments: &[&S],
        stdin: &[u8],
        environment: &[(&str, &str)],
    ) -> Ended {
        let (out, err) = (self.path(".out"), self.path(".err"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_kunji"));
        command.args(arguments).env_clear();
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        let mut child = command
            .env("HOME", self.home.path())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&err).unwrap())
            .spawn()
            .unwrap();
        // One that refuses its arguments does not read on.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let until = Instant::now() + DEADLINE;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > until {
                child.kill().unwrap();
                panic!("it did not end");
            }
            thread::sleep(Duration::from_millis(5));
        };
        let read = |path| String::from_utf8(fs::read(path).unwrap()).unwrap();
        Ended {
            code: status.code(),
            stdout: read(out),
            stderr: read(err),
        }
    }
}

/// The codes one below the other, as PNG.
fn picture(texts: &[&str]) -> Vec<u8> {
    let codes: Vec<_> = texts
        .iter()
        .map(|text| QrCode::new(text).unwrap().render::<Luma<u8>>().build())
        .collect();
    let width = codes.iter().map(image::GrayImage::width).max().unwrap();
    let height = codes.iter().map(image::GrayImage::height).sum();
    let mut page = image::GrayImage::from_pixel(width, height, Luma([255]));
    let mut top = 0_u32;
    for code in codes {
        image::imageops::replace(&mut page, &code, 0, top.into());
        top += code.height();
    }
    let mut png = std::io::Cursor::new(Vec::new());
    page.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

/// A PNG whose header promises 20,000 × 20,000 pixels.
fn bomb() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x4e\x20\0\0\x4e\x20\x08\0\0\0\0".to_vec();
    png.extend(0xc61b_19e5_u32.to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    png
}

impl Ended {
    /// It failed with that code, said so in one breath and showed no secret.
    #[track_caller]
    fn failed(&self, code: i32, says: &str) -> &Self {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        assert!(
            self.stderr.contains(says),
            "{:?} is not in {:?}",
            says,
            self.stderr
        );
        assert!(self.stderr.starts_with("kunji: "), "{}", self.stderr);
        assert!(!self.stderr.contains("panicked") && !self.stderr.contains("internal error"));
        assert!(!self.stderr.contains(SECRET) && !self.stdout.contains(SECRET));
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect(&self.stdout)
    }
}

#[test]
fn help_names_every_subcommand_and_exit_code() {
    let help = Desk::new().run(&["--help"]);
    assert_eq!(help.code, Some(0));
    for expected in [
        "qr",
        "import",
        "list",
        "code",
        "login",
        "status",
        "doctor",
        "KUNJI_SMARTAPI_URL",
        "KUNJI_VAULT",
        "KUNJI_LOG",
        "--secret-file",
        "3  refused by the broker",
    ] {
        assert!(help.stdout.contains(expected), "{expected}");
    }
    assert_eq!(Desk::new().run(&["no-such-command"]).code, Some(2));
}

#[cfg(not(feature = "gui"))]
#[test]
fn without_its_window_it_says_so() {
    Desk::new().run::<str>(&[]).failed(1, "kunji --help");
}

/// As `zbarimg --raw`: the texts, a line each, and nothing around them.
#[test]
fn qr_prints_the_texts_of_files_and_standard_input() {
    let desk = Desk::new();
    let link = "https://www.angelone.in/app";
    let both = desk.qr("both.png", &[URI, link]);
    let ended = desk.run(&["qr".as_ref(), both.as_os_str()]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(ended.stdout, format!("{URI}\n{link}\n"));

    let piped = desk.run_with(&["qr", "-", "--json"], &picture(&[link]), &[]);
    let expected = serde_json::json!(
        [{"source": "standard input", "texts": [link], "error": null}]
    );
    assert_eq!((piped.code, piped.json()), (Some(0), expected));
}

#[test]
fn qr_tells_each_bad_picture_in_its_own_words() {
    let desk = Desk::new();
    let good = picture(&[URI]);
    fs::create_dir(desk.path("folder")).unwrap();
    for (path, says) in [
        (desk.file("empty.png", b""), "This file is empty"),
        (desk.path("folder"), "is a folder"),
        (desk.path("absent.png"), "could not be opened"),
        (
            desk.file("cut.png", &good[..good.len() / 2]),
            "damaged or cut off",
        ),
        (desk.file("bomb.png", &bomb()), "20000 × 20000 pixels"),
        (
            desk.file("text.png", b"no picture"),
            "no picture that Kunji reads",
        ),
        (desk.file("white.png", &white()), "No QR code was found"),
    ] {
        let started = Instant::now();
        desk.run(&["qr".as_ref(), path.as_os_str()]).failed(1, says);
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "{}",
            path.display()
        );
    }
}

fn white() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    let page = image::GrayImage::from_pixel(200, 200, Luma([255]));
    page.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

/// A bad picture stops no other, and is named.
#[test]
fn qr_goes_on_after_a_bad_picture() {
    let desk = Desk::new();
    let (bad, good) = (desk.file("bad.png", b""), desk.qr("good.png", &["fine"]));
    let ended = desk.run(&["qr".as_ref(), bad.as_os_str(), good.as_os_str()]);
    ended.failed(1, "bad.png");
    assert_eq!(ended.stdout, "fine\n");
    let ended = desk.run(&[
        "qr".as_ref(),
        bad.as_os_str(),
        good.as_os_str(),
        "--json".as_ref(),
    ]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    let json = ended.json();
    assert_eq!(json[0]["error"]["kind"], "empty");
    assert_eq!(json[1]["texts"], serde_json::json!(["fine"]));
}

#[cfg(target_os = "linux")]
#[test]
fn file_names_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let desk = Desk::new();
    let name = OsStr::from_bytes(b"shot-\xff\x1b[2J.png");
    let path = desk.qr(name, &["fine"]);
    let ended = desk.run(&["qr".as_ref(), path.as_os_str()]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(0), "fine\n"),
        "{}",
        ended.stderr
    );
    fs::write(&path, b"").unwrap();
    let ended = desk.run(&["qr".as_ref(), path.as_os_str()]);
    ended.failed(1, "This file is empty");
    // Nor may one steer the terminal.
    assert!(!ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
}

/// `kunji qr X | head -1` must end without a panic and without noise.
#[cfg(target_os = "linux")]
#[test]
fn a_closed_pipe_ends_it_quietly() {
    let desk = Desk::new();
    let many: Vec<PathBuf> = (0..20)
        .map(|i| desk.qr(format!("{i}.png"), &["x"]))
        .collect();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_kunji"))
        .arg("qr")
        .args(&many)
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_kunji"))
        .arg("qr")
        .args(&many)
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not be written"));
}

/// Arguments are visible to every program: a secret there is refused, and not
/// repeated by the refusal.
#[test]
fn secrets_as_arguments_are_refused_without_repeating_them() {
    let desk = Desk::new();
    let upper = URI.to_uppercase();
    for arguments in [
        &["import", URI][..],
        &["import", &upper],
        &["qr", URI],
        &["code", URI],
        &[URI],
        &["import", "--yes", SECRET],
        &["qr", "KUNJ ISAM PLEQ RNOT ASEC RET2 34"],
        &["import", "otpauth-migration://offline?data=KUNJISAMPLE"],
        &[SECRET],
        &["no-such-command", SECRET],
        &["login", SECRET],
        &["code", SECRET],
        &["status", SECRET],
        &["code", "A123456", SECRET],
        &["import", "-", "--secret-file", SECRET],
        &["import", "-", "--secret-file=KUNJISAMPLEQRNOTASECRET234"],
        &["import", "KUNJISAMPLEQRN0TASECRET234"],
        &["qr", "KUNJISAMPLEQRN0TASECRET234"],
        &["import", "otpauth:totp/A?secret=KUNJISAMPLEQRNOTASECRET234"],
        &[
            "import",
            "otpauth%3A%2F%2Ftotp%2FA%3Fsecret%3DKUNJISAMPLEQRNOT",
        ],
    ] {
        let ended = desk.run(arguments);
        ended.failed(2, "kunji import -");
        assert!(
            !ended.stderr.to_uppercase().contains("KUNJISAMPLE"),
            "{}",
            ended.stderr
        );
        assert!(!ended.stderr.contains("RNOT"), "{}", ended.stderr);
    }
}

/// What cannot become an account is told entry by entry, before any keyring.
#[test]
fn import_tells_each_bad_entry_in_its_own_words() {
    let desk = Desk::new();
    let link = desk.qr("link.png", &["https://www.angelone.in/app"]);
    let ended = desk.run(&["import".as_ref(), link.as_os_str()]);
    ended.failed(1, "This QR code is a web link to www.angelone.in");

    let totp = |rest: &str| format!("otpauth://totp/A123456?{rest}");
    for (text, says) in [
        (totp("issuer=angelone.in"), "no secret"),
        (totp("secret=MFRGGZDF&period=0"), "every 0 seconds"),
        (totp("secret=MFRGGZDF&digits=9"), "9 digits"),
        (totp("secret=MFRGGZDF&algorithm=MD5"), "\"MD5\""),
        (totp("secret=MFRGG1DF"), "'1'"),
        (
            "otpauth://hotp/A?secret=MFRGGZDF&counter=1".to_owned(),
            "HOTP",
        ),
        (String::new(), "Nothing was given"),
        ("what is this, please?".to_owned(), "no TOTP code"),
    ] {
        let ended = desk.run_with(&["import", "-"], text.as_bytes(), &[]);
        ended.failed(1, says);
        let ended = desk.run_with(&["import", "-", "--json"], text.as_bytes(), &[]);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
        let json = ended.json();
        assert_eq!(json["accounts"], serde_json::json!([]));
        assert_eq!(json["errors"][0]["source"], "standard input");
        assert!(
            json["errors"][0]["message"]
                .as_str()
                .unwrap()
                .contains(says),
            "{json}"
        );
    }
}

/// Without a session bus there is no keyring: said at once, as an error of its
/// own, never as an empty list.
#[cfg(target_os = "linux")]
#[test]
fn without_a_keyring_nothing_pretends_to_be_empty() {
    let desk = Desk::new();
    for arguments in [
        &["list"][..],
        &["code", "A123456"],
        &["login", "--all"],
        &["status"],
        &["code", "A123456", "--copy"],
    ] {
        let ended = desk.run(arguments);
        ended.failed(4, "No keyring is running on this computer.");
        assert_eq!(ended.stdout, "");
        assert!(
            ended.stderr.contains("gnome-keyring"),
            "no advice: {}",
            ended.stderr
        );
    }
    let json = desk.run(&["list", "--json"]);
    assert_eq!((json.code, json.stderr.as_str()), (Some(4), ""));
    assert_eq!(json.json()["error"]["kind"], "keyring_unavailable");

    let ended = desk.run_with(&["import", "-"], URI.as_bytes(), &[]);
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    assert!(!ended.stderr.contains(SECRET) && !ended.stdout.contains(SECRET));
}

#[cfg(target_os = "linux")]
#[test]
fn doctor_tells_what_works_without_a_keyring_too() {
    let desk = Desk::new();
    let ended = desk.run(&["doctor", "--json"]);
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    let json = ended.json();
    let result = |name: &str| {
        let checks = json["checks"].as_array().unwrap();
        let check = checks
            .iter()
            .find(|check| check["name"] == name)
            .expect(name);
        check["result"].as_str().unwrap().to_owned()
    };
    assert_eq!(result("keyring"), "fails");
    assert_eq!(result("accounts"), "unknown");
    assert_eq!(result("clock"), "unknown");
    assert_eq!(result("display"), "note");
    assert_eq!(result("broker"), "works");
    assert_eq!(result("state"), "works");
    let plain = desk.run(&["doctor"]);
    assert!(plain.stdout.contains("DOES NOT WORK") && plain.stdout.contains("the default"));
}

/// A PIN in a file that others can read is no secret: not even opened further.
#[cfg(unix)]
#[test]
fn an_open_secret_file_is_refused_before_anything_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    let secrets = desk.file("secrets.json", br#"{"pin": "9731"}"#);
    fs::set_permissions(&secrets, fs::Permissions::from_mode(0o644)).unwrap();
    let arguments = [
        "import".as_ref(),
        "-".as_ref(),
        "--secret-file".as_ref(),
        secrets.as_os_str(),
    ];
    let ended = desk.run_with(&arguments, URI.as_bytes(), &[]);
    ended.failed(1, "chmod 600");
    fs::set_permissions(&secrets, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&secrets, br#"{"pin": 9731}"#).unwrap();
    let ended = desk.run_with(&arguments, URI.as_bytes(), &[]);
    ended.failed(1, "line 1");
    assert!(!ended.stderr.contains("9731"), "{}", ended.stderr);
}

#[test]
fn a_wrong_environment_is_wrong_usage() {
    let desk = Desk::new();
    let run = |name, value| desk.run_with(&["list"], b"", &[(name, value)]);
    run("KUNJI_LOG", "nonsense").failed(2, "KUNJI_LOG");
    run("KUNJI_VAULT", "file:/tmp/x").failed(2, "KUNJI_VAULT");
    run("KUNJI_SMARTAPI_URL", "http://example.com").failed(2, "must start with https://");
    run("KUNJI_SMARTAPI_URL", "nonsense").failed(2, "is no URL");
    let json = desk.run_with(&["list", "--json"], b"", &[("KUNJI_VAULT", "file:/tmp/x")]);
    assert_eq!(
        (json.code, &json.json()["error"]["kind"]),
        (Some(2), &"environment".into())
    );
}

/// Libraries below log headers and bodies: their lines never come through.
#[cfg(target_os = "linux")]
#[test]
fn the_log_has_kunjis_own_lines_alone_and_no_secret() {
    let desk = Desk::new();
    let qr = desk.qr("shot.png", &[URI]);
    let arguments = ["import".as_ref(), qr.as_os_str(), "--yes".as_ref()];
    let ended = desk.run_with(&arguments, b"", &[("KUNJI_LOG", "trace")]);
    assert_eq!(ended.code, Some(4));
    assert!(!ended.stderr.contains(SECRET), "{}", ended.stderr);
    for level in ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"] {
        for line in ended
            .stderr
            .lines()
            .filter(|line| line.contains(&format!(" {level} ")))
        {
            assert!(line.contains(" kunji"), "{line}");
        }
    }
}
