//! The thread that talks to brokers: a small asynchronous runtime.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, oneshot};

use crate::account::{Account, AccountId};
use crate::broker::{Answer, Broker, BrokerError, Profile, SessionRequest};
use crate::clock::BrokerClock;
use crate::login::{self, Ledger, Outcome, Progress};

/// What comes back from the network.
pub enum NetReply {
    Progress(AccountId, Progress),
    /// The broker's clock minus ours in milliseconds.
    Skew(i64),
    LoginEnded(AccountId, Outcome),
    LogoutEnded(AccountId, Result<(), BrokerError>),
    Checked(AccountId, Result<Profile, BrokerError>),
}

enum Job {
    LogIn(Arc<Account>, AccountId, oneshot::Receiver<()>),
    LogOut(AccountId, SessionRequest),
    Check(AccountId, SessionRequest),
}

type ReplyTo = Arc<dyn Fn(NetReply) + Send + Sync>;

/// The queue of the network's thread.
pub struct Network {
    jobs: mpsc::Sender<Job>,
}

/// What every job works with.
#[derive(Clone)]
struct Tools {
    broker: Arc<dyn Broker>,
    clock: BrokerClock,
    ledger: Arc<dyn Ledger>,
    reply: ReplyTo,
}

impl Network {
    pub fn spawn(
        broker: Arc<dyn Broker>,
        clock: BrokerClock,
        ledger: Arc<dyn Ledger>,
        reply: ReplyTo,
    ) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel(1_024);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let tools = Tools {
            broker,
            clock,
            ledger,
            reply,
        };
        std::thread::Builder::new()
            .name("kunji-network".into())
            .spawn(move || runtime.block_on(serve(queue, tools)))?;
        Ok(Self { jobs })
    }

    /// Starts a login; sending on, or dropping, the returned end cancels it.
    /// `None` where too much is going on.
    pub fn log_in(
        &self,
        account: Arc<Account>,
        ledger_id: AccountId,
    ) -> Option<oneshot::Sender<()>> {
        let (cancel, cancelled) = oneshot::channel();
        let job = Job::LogIn(account, ledger_id, cancelled);
        self.jobs.try_send(job).ok()?;
        Some(cancel)
    }

    pub fn log_out(&self, id: AccountId, request: SessionRequest) -> bool {
        self.jobs.try_send(Job::LogOut(id, request)).is_ok()
    }

    pub fn check(&self, id: AccountId, request: SessionRequest) -> bool {
        self.jobs.try_send(Job::Check(id, request)).is_ok()
    }
}

async fn serve(mut queue: mpsc::Receiver<Job>, tools: Tools) {
    // Accounts in parallel; the runtime drops what is left when the queue ends.
    while let Some(job) = queue.recv().await {
        let tools = tools.clone();
        tokio::spawn(async move {
            let reply = match job {
                Job::LogIn(account, ledger_id, cancelled) => {
                    tools.log_in(&account, ledger_id, cancelled).await
                }
                Job::LogOut(id, request) => {
                    let result = tools.heard(tools.broker.log_out(request).await);
                    NetReply::LogoutEnded(id, result)
                }
                Job::Check(id, request) => {
                    let result = tools.heard(tools.broker.profile(request).await);
                    NetReply::Checked(id, result)
                }
            };
            (tools.reply)(reply);
        });
    }
}

impl Tools {
    async fn log_in(
        &self,
        account: &Account,
        ledger_id: AccountId,
        cancelled: oneshot::Receiver<()>,
    ) -> NetReply {
        let id = account.id;
        let sending = AtomicBool::new(false);
        let progress = |progress| {
            sending.store(progress == Progress::Sending, Ordering::Relaxed);
            (self.reply)(NetReply::Progress(id, progress));
        };
        let skew = |skew_ms| self.skew(skew_ms);
        let login = login::log_in(
            account,
            ledger_id,
            &*self.broker,
            &self.clock,
            &*self.ledger,
            &progress,
            &skew,
        );
        let outcome = tokio::select! {
            outcome = login => outcome,
            _ = cancelled => Outcome::Cancelled { while_sending: sending.load(Ordering::Relaxed) },
        };
        NetReply::LoginEnded(id, outcome)
    }

    fn heard<T>(&self, answer: Answer<T>) -> Result<T, BrokerError> {
        if let Some(skew_ms) = answer.skew_ms {
            self.skew(skew_ms);
        }
        answer.result
    }

    fn skew(&self, skew_ms: i64) {
        self.clock.set_skew_ms(skew_ms);
        (self.reply)(NetReply::Skew(skew_ms));
    }
}
