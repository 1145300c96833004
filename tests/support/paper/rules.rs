//! When to misbehave.

use super::calls::Call;
use super::misbehaviour::Misbehaviour;

/// What was asked for, oldest first.
#[derive(Default)]
pub(super) struct Rules(Vec<Rule>);

struct Rule {
    on: Call,
    how: Misbehaviour,
    times: u32,
}

impl Rules {
    /// `u32::MAX` times is always.
    pub fn add(&mut self, on: Call, how: Misbehaviour, times: u32) {
        self.0.push(Rule { on, how, times });
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The misbehaviour due for this request: the oldest that concerns it and is not used up.
    pub fn next(&mut self, call: Option<Call>) -> Option<Misbehaviour> {
        let rule = self
            .0
            .iter_mut()
            .find(|rule| rule.times > 0 && rule.on.covers(call))?;
        if rule.times != u32::MAX {
            rule.times -= 1;
        }
        Some(rule.how.clone())
    }
}
