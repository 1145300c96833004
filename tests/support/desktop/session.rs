//! What every process of the desktop shares: a home of its own and a complete environment.

use std::{
    cell::RefCell,
    ffi::OsString,
    fs,
    io::{self, Write as _},
    os::unix::{fs::DirBuilderExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// Ends the process groups it was told of once the test process is gone without a goodbye
/// (Ctrl-C, SIGKILL, an abort), because then no destructor runs. The display has to end by
/// itself if it can, or its socket stays.
const WARDEN: &str = r#"
while read -r line; do
    [ "$line" = bye ] && exit
    groups="$groups -$line"
done
kill -s TERM -- $groups
kill -s CONT -- $groups
for group in $groups; do
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        kill -s 0 -- $group || break
        sleep 0.1
    done
done
kill -s KILL -- $groups
rm -rf -- "$1"
"#;

pub struct Session {
    root: TempDir,
    environment: Vec<(OsString, OsString)>,
    warden: RefCell<Child>,
}

impl Session {
    pub fn new() -> Self {
        let root = tempfile::Builder::new()
            .prefix("desktop-")
            .tempdir()
            .expect("a temporary directory");
        let mut environment = inherited();
        let mut set = |name: &str, value: &dyn AsRef<std::ffi::OsStr>| {
            environment.push((name.into(), value.as_ref().to_owned()));
        };
        for (name, directory) in [
            ("HOME", "home"),
            ("TMPDIR", "tmp"),
            ("XDG_RUNTIME_DIR", "run"),
            ("XDG_DATA_HOME", "home/.local/share"),
            ("XDG_STATE_HOME", "home/.local/state"),
            ("XDG_CONFIG_HOME", "home/.config"),
            ("XDG_CACHE_HOME", "home/.cache"),
        ] {
            let path = root.path().join(directory);
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&path)
                .expect("a directory of the desktop");
            set(name, &path);
        }
        for (name, value) in [
            ("LANG", "C.UTF-8"),
            // No GPU: Mesa draws with the processor.
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            // The screen's claimed size in millimetres must not scale the window.
            ("WINIT_X11_SCALE_FACTOR", "1"),
            ("XDG_SESSION_TYPE", "x11"),
            // Keep GTK's dialogs off services that this bus does not have.
            ("GSETTINGS_BACKEND", "memory"),
            ("GIO_USE_VFS", "local"),
            ("GIO_USE_VOLUME_MONITOR", "unix"),
        ] {
            set(name, &value);
        }
        let warden = RefCell::new(start_warden(root.path()));
        Self {
            root,
            environment,
            warden,
        }
    }

    pub fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.environment.push((name.into(), value.into()));
    }

    pub fn environment(&self) -> &[(OsString, OsString)] {
        &self.environment
    }

    /// A command that sees nothing but this desktop.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(self.environment.iter().cloned())
            .current_dir(self.home())
            .stdin(Stdio::null())
            .process_group(0);
        command
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }

    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    pub fn log_file(&self, name: &str, kind: &str) -> PathBuf {
        self.root.path().join(format!("{name}.{kind}"))
    }

    /// Has the process group ended even if this process cannot do it itself.
    pub fn watch(&self, group: u32) {
        self.tell_warden(&group.to_string())
            .expect("the warden runs as long as the desktop");
    }

    fn tell_warden(&self, line: &str) -> io::Result<()> {
        let mut warden = self.warden.borrow_mut();
        let input = warden.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(input, "{line}")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A test that fails already must not fail here a second time.
        let _told = self.tell_warden("bye");
        let _status = self.warden.get_mut().wait();
    }
}

fn start_warden(root: &Path) -> Child {
    Command::new("/bin/sh")
        .args(["-c", WARDEN, "warden"])
        .arg(root)
        // Of its own group, so that a Ctrl-C in the terminal leaves it to do its work.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("/bin/sh")
}

/// The little that tests need from outside: where programs are, and what coverage and backtraces want.
fn inherited() -> Vec<(OsString, OsString)> {
    ["PATH", "RUST_BACKTRACE", "LLVM_PROFILE_FILE"]
        .into_iter()
        .filter_map(|name| Some((name.into(), std::env::var_os(name)?)))
        .collect()
}
