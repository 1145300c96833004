//! One process of the desktop, in a process group of its own so that whatever it starts ends with it.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, ExitStatus},
    time::Duration,
};

use super::{
    session::Session,
    wait::{self, DEADLINE},
};

/// How long a process may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(3);

/// A running process; dropping it ends its whole process group.
pub struct Process {
    child: Child,
    name: String,
    output: PathBuf,
    errors: PathBuf,
}

impl Process {
    /// Starts `command` (made by [`Session::command`]), its output going to files.
    pub(super) fn start(session: &Session, name: &str, command: &mut Command) -> Self {
        let output = session.log_file(name, "out");
        let errors = session.log_file(name, "err");
        let file = |path| File::create(path).expect("a log file in the desktop's directory");
        command.stdout(file(&output)).stderr(file(&errors));
        let child = command.spawn().unwrap_or_else(|error| {
            let program = command.get_program().display();
            assert!(
                error.kind() != std::io::ErrorKind::NotFound,
                "{}",
                missing(name)
            );
            panic!("could not start {program}: {error}")
        });
        session.watch(child.id());
        Self {
            child,
            name: name.to_owned(),
            output,
            errors,
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to its standard output so far.
    pub fn output(&self) -> String {
        read(&self.output)
    }

    /// What it wrote to its standard error so far.
    pub fn errors(&self) -> String {
        read(&self.errors)
    }

    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child of this process")
    }

    /// Waits until it ends by itself.
    pub fn wait(&mut self) -> ExitStatus {
        match wait::look_for(DEADLINE, || self.has_ended()) {
            Some(status) => status,
            None => panic!(
                "{} still runs after {DEADLINE:?}\n{}",
                self.name,
                self.errors()
            ),
        }
    }

    /// Sends a signal, named as in kill(1), to the whole process group.
    pub fn signal(&self, signal: &str) {
        // A safe kill(2) would need a crate of its own; every Unix has sh, and its own kill.
        let _sent_unless_already_ended = Command::new("/bin/sh")
            .args(["-c", r#"kill -s "$0" -- "-$1" 2>/dev/null"#, signal])
            .arg(self.pid().to_string())
            .status();
    }

    /// Asks it to end, and after a while makes it.
    pub fn end(&mut self) {
        self.signal("TERM");
        // A stopped process acts on a signal only once it goes on.
        self.signal("CONT");
        if wait::look_for(GRACE, || self.has_ended()).is_some() {
            // The leader is gone, but not necessarily what it started.
            self.signal("KILL");
        } else {
            self.signal("KILL");
            let _status = self.child.wait();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn read(path: &PathBuf) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

/// What to do about a program that is not there.
pub(super) fn missing(program: &str) -> String {
    let package = match program {
        "Xvfb" => "xvfb",
        "gnome-keyring-daemon" => "gnome-keyring",
        "gcr-prompter" => "gcr",
        "at-spi-bus-launcher" => "at-spi2-core",
        other => other,
    };
    format!("{program} is missing: `make test` installs it, or: apt-get install {package}")
}
