//! Logging in and out, and what the broker answers.

use std::sync::Arc;

use super::Core;
use crate::account::{Account, AccountId};
use crate::broker::{BrokerError, RefusalKind, SessionRequest};
use crate::engine::Event;
use crate::engine::network::NetReply;
use crate::engine::state::LoginState;
use crate::login::{MAX_REFUSALS, Outcome, Progress};

impl Core {
    pub(super) fn log_in(&mut self, id: AccountId) {
        let Some(view) = self.view(id) else {
            return self.tell(Event::NoSuchAccount(id));
        };
        // A second click while one is running asks for nothing new.
        if view.login.is_running() {
            return;
        }
        let account = Arc::clone(&view.account);
        if self.vault.is_removing(id) {
            return self.tell(Event::NoSuchAccount(id));
        }
        let ledger_id = self.ledger_id(&account);
        if let Some(view) = self.view(id) {
            view.login = LoginState::Running(Progress::Starting);
        }
        match self.network.log_in(account, ledger_id) {
            Some(cancel) => drop(self.logins.insert(id, cancel)),
            None => self.login_ended(
                id,
                Outcome::Cancelled {
                    while_sending: false,
                },
            ),
        }
    }

    /// Whose sent codes and refusals count for this account: those of the first
    /// one with the same secret, deleted ones of this run included. The broker
    /// knows the codes, not our accounts.
    fn ledger_id(&mut self, account: &Account) -> AccountId {
        let secret = account.otp.secret();
        if let Some((_, id)) = self.first_with.iter().find(|(known, _)| known == secret) {
            return *id;
        }
        let accounts = self.state.accounts.iter().map(|view| &view.account);
        let mut same = accounts.filter(|other| other.otp.secret() == secret);
        let id = same.next().map_or(account.id, |first| first.id);
        self.first_with.push((secret.clone(), id));
        id
    }

    pub(super) fn session_request(&self, id: AccountId) -> Option<SessionRequest> {
        let view = self.state.account(id)?;
        Some(SessionRequest {
            client_code: view.account.client_code.clone(),
            api_key: view.account.credentials.api_key.clone()?,
            session: view.session.as_deref()?.clone(),
        })
    }

    pub(super) fn log_out(&mut self, id: AccountId) {
        let Some(request) = self.session_request(id) else {
            return self.tell(Event::NoSession(id));
        };
        if let Some(view) = self.view(id).filter(|view| !view.login.is_running()) {
            view.login = LoginState::LoggingOut;
            if !self.network.log_out(id, request) {
                self.net_reply(NetReply::LogoutEnded(id, Err(BrokerError::Interrupted)));
            }
        }
    }

    pub(super) fn check_session(&mut self, id: AccountId) {
        let Some(request) = self.session_request(id) else {
            return self.tell(Event::NoSession(id));
        };
        if !self.network.check(id, request) {
            let result = Err(BrokerError::Interrupted);
            self.tell(Event::SessionChecked { id, result });
        }
    }

    pub(super) fn net_reply(&mut self, reply: NetReply) {
        match reply {
            NetReply::Skew(skew_ms) => self.state.skew_ms = Some(skew_ms),
            NetReply::Progress(id, progress) => {
                if self.logins.contains_key(&id)
                    && let Some(view) = self.view(id)
                {
                    view.login = LoginState::Running(progress);
                }
            }
            NetReply::LoginEnded(id, outcome) => self.login_ended(id, outcome),
            NetReply::LogoutEnded(id, result) => self.logout_ended(id, result),
            NetReply::Checked(id, result) => self.tell(Event::SessionChecked { id, result }),
        }
    }

    pub(super) fn login_ended(&mut self, id: AccountId, outcome: Outcome) {
        self.logins.remove(&id);
        let skew_ms = self.state.skew_ms;
        let removing = self.vault.is_removing(id);
        let Some(view) = self.view(id) else {
            // Deleted, or locked away, while its answer was on the way.
            return;
        };
        let words = outcome.words(view.account.service(), skew_ms);
        view.blames_account = matches!(
            &outcome,
            Outcome::Refused { refusal, .. } if refusal.kind.blames_account()
        );
        view.login = match (&outcome, words) {
            (
                Outcome::Done(_)
                | Outcome::Cancelled {
                    while_sending: false,
                },
                _,
            )
            | (_, None) => LoginState::Idle,
            (Outcome::Stopped, Some(words)) => LoginState::Stopped(words),
            (Outcome::Refused { in_a_row, .. }, Some(words)) if *in_a_row >= MAX_REFUSALS => {
                LoginState::Stopped(words)
            }
            (Outcome::Refused { .. }, Some(words)) => LoginState::Refused(words),
            (_, Some(words)) => LoginState::Failed(words),
        };
        if let Outcome::Done(session) = &outcome
            && !removing
        {
            let session = Arc::new(session.clone());
            view.session = Some(Arc::clone(&session));
            self.vault.keep_session(id, session, outcome);
        } else {
            self.tell(Event::LoginEnded {
                id,
                outcome,
                not_kept: None,
            });
        }
    }

    pub(super) fn logout_ended(&mut self, id: AccountId, result: Result<(), BrokerError>) {
        let ended = match &result {
            Ok(()) => true,
            // A token that the broker no longer knows is as good as logged out.
            Err(BrokerError::Refused(refusal)) => refusal.kind == RefusalKind::SessionEnded,
            Err(_) => false,
        };
        let error = result.err().filter(|_| !ended);
        if let Some(view) = self.view(id) {
            view.login = match &error {
                None => LoginState::Idle,
                Some(error) => LoginState::Failed(error.words(view.account.service())),
            };
            if ended {
                view.session = None;
                self.vault.drop_session(id);
            }
        }
        self.tell(Event::LogoutEnded { id, error });
    }
}
