//! The paper broker: `SmartAPI` on loopback, stricter than the real one, and able to misbehave in every way that one
//! has been seen to. Tests, the demo and the benches log in to it, so that no real account is ever at stake.
//!
//! It knows the contract from the documentation and users' reports, not from the program: no code is shared, so a
//! mistake cannot be on both sides. Where the contract is silent it refuses, and the log says what for.

// Each test binary that includes this module uses a part of it.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(
    clippy::expect_used,
    reason = "a broker that does not work fails its test"
)]

mod answers;
mod bend;
mod book;
mod calls;
mod checks;
mod clients;
mod clock;
mod instead;
mod judge;
mod limits;
mod log;
mod misbehaviour;
mod otp;
mod records;
mod rules;
mod serve;
mod sessions;
mod shared;
mod tokens;
mod wire;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use self::clock::Clock;
use self::shared::Shared;

#[allow(unused_imports, reason = "each test binary uses a part")]
pub use self::{
    calls::Call, clients::Client, limits::Limits, log::LogEntry, misbehaviour::Misbehaviour,
    otp::Algorithm,
};

/// How long dropping a broker may take; its thread is left to itself after that.
const STOP_DEADLINE: Duration = Duration::from_secs(2);

/// A broker on a thread of its own, gone when it is dropped.
pub struct PaperBroker {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    /// In a mutex only so that threads can share a broker.
    stopped: Mutex<mpsc::Receiver<()>>,
}

impl PaperBroker {
    /// On a free port, knowing nobody.
    pub fn start() -> Self {
        Self::start_on(0).expect("loopback has a free port")
    }

    /// On a port that something else must find again; 0 is any.
    pub fn start_on(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let shared = Arc::new(Shared::new());
        runtime.spawn(serve::connections(listener, Arc::clone(&shared)));
        let (stop, stopping) = oneshot::channel::<()>();
        let (stopped_sender, stopped) = mpsc::channel();
        thread::Builder::new()
            .name("paper-broker".into())
            .spawn(move || {
                // An error only says that the broker was dropped without a word: the same thing.
                let _ = runtime.block_on(stopping);
                // Closes every connection, also those of requests that are never answered.
                drop(runtime);
                let _ = stopped_sender.send(());
            })?;
        Ok(Self {
            address,
            shared,
            stop: Some(stop),
            stopped: Mutex::new(stopped),
        })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Adds a client, or changes the one of the same code.
    pub fn add(&self, client: Client) {
        let fault = client.fault();
        assert!(
            fault.is_none(),
            "{} can never log in: {}",
            client.client_code,
            fault.unwrap_or_default()
        );
        self.shared.lock().book.add(client);
    }

    /// Misbehaves on the next `times` requests for a call; `u32::MAX` is always. What was asked for first comes first.
    pub fn misbehave(&self, on: Call, how: Misbehaviour, times: u32) {
        self.shared.lock().rules.add(on, how, times);
    }

    /// Forgets all misbehaviour.
    pub fn behave(&self) {
        self.shared.lock().rules.clear();
    }

    /// Runs the broker's clock so many seconds ahead of the machine's; behind, if negative.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.shared.lock().clock = Clock::Running {
            offset_secs: seconds,
        };
    }

    /// Stops the broker's clock, so that no step ends between a test's lines.
    pub fn stop_clock_at(&self, unix_secs: u64) {
        self.shared.lock().clock = Clock::Stopped {
            at_unix_secs: unix_secs,
        };
    }

    /// The broker's clock, in seconds since 1970.
    pub fn now(&self) -> u64 {
        self.shared.lock().clock.now().as_secs()
    }

    /// Takes codes of so many steps before and after its own; 0 unless told.
    pub fn set_skew_steps(&self, steps: u64) {
        self.shared.lock().book.skew_steps = steps;
    }

    /// Changes how long the rate limits look back and hold on.
    pub fn set_limits(&self, limits: Limits) {
        self.shared.lock().book.limiter.limits = limits;
    }

    /// Every request so far, the oldest first.
    pub fn log(&self) -> Vec<LogEntry> {
        self.shared.lock().log.clone()
    }

    pub fn requests(&self) -> usize {
        self.shared.lock().log.len()
    }

    /// Waits until the log is as wanted; false when the deadline came first. The condition must not ask the broker
    /// anything: it holds up its thread.
    pub fn wait_for(&self, deadline: Duration, condition: impl Fn(&[LogEntry]) -> bool) -> bool {
        self.shared.wait_for(deadline, condition)
    }
}

impl Drop for PaperBroker {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error says that the thread is gone already.
            let _ = stop.send(());
        }
        let stopped = self
            .stopped
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let _ = stopped.recv_timeout(STOP_DEADLINE);
    }
}
