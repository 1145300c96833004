//! One-click login: what the card says when the broker is at its worst.

use std::time::Duration;

use crate::support::desktop::{Containing, Keyring, Role};
use crate::support::paper::{Call, Misbehaviour};
use crate::world::World;

/// Longer than a code lasts: a login may have to wait for the next one.
const NEXT_CODE: Duration = Duration::from_secs(45);

/// Two refusals stop; a change lets it try again. Guards the account against
/// being blocked by its own owner's clicks.
#[test]
fn two_refusals_stop_until_something_is_changed() {
    let world = World::open(Keyring::Unlocked);
    world.add_sample();
    world.press("More for A123456");
    world.press("Edit");
    world.fill(Role::PasswordText, "PIN", "0000");
    world.press("Save");
    world.press("Log in");
    world.says("AngelOne refused the login (AB1007).");
    world.says("One more refusal and Kunji stops");
    // What is wrong is in the account: changing it is what the card proposes.
    world.app().find(Role::Button, "Edit");
    world.press("More for A123456");
    world.press("Try again unchanged");
    world.says("A code is never sent twice");
    world.says_within(NEXT_CODE, "Kunji stops here");
    assert_eq!(world.broker.requests(), 2);
    // Neither the card nor `Log in all` sends a third.
    world.press("Log in all");
    world.says("Stopped after 2 refusals in a row.");
    assert_eq!(world.broker.requests(), 2, "nothing more may be sent");

    world.press("Edit");
    world.fill(Role::PasswordText, "PIN", "2580");
    world.press("Save and log in");
    world.says_within(NEXT_CODE, "AngelOne accepted the login.");
    let steps: Vec<_> = world
        .broker
        .log()
        .iter()
        .filter_map(|entry| entry.step)
        .collect();
    let mut distinct = steps.clone();
    distinct.dedup();
    assert_eq!(steps, distinct, "a code was sent twice");
    assert_eq!(steps.len(), 3);
}

/// What is no answer is not taken for a wrong PIN, and each kind has its words.
#[test]
fn each_bad_answer_has_its_own_words() {
    let world = World::open(Keyring::Unlocked);
    world.add_sample();
    // In front of the backend these use up no code, but Kunji sent it: each
    // waits for the next, so only a few are tried here; the rest in broker.rs.
    let cases = [
        (
            Misbehaviour::RateLimited403Text,
            "AngelOne allows no more requests for now.",
        ),
        (
            Misbehaviour::FirewallHtml,
            "AngelOne’s firewall turned the request away.",
        ),
        (
            Misbehaviour::HalfJson,
            "AngelOne answered something that makes no sense",
        ),
    ];
    for (misbehaviour, words) in cases {
        world.broker.misbehave(Call::Login, misbehaviour, 1);
        let mut button = ["Log in", "Try again"].into_iter();
        let button = button.find_map(|b| world.app().try_find(Role::Button, b));
        button.expect("a button to log in with").press();
        world.says_within(NEXT_CODE, words);
        world.says("Login failed");
    }
    world.press("Try again");
    world.says_within(NEXT_CODE, "Logged in until 00:00 IST");
}

/// A broker that never answers: cancel works at once.
#[test]
fn a_login_can_be_cancelled() {
    let world = World::open(Keyring::Unlocked);
    world.add_sample();
    world
        .broker
        .misbehave(Call::Login, Misbehaviour::NeverAnswers, 1);
    world.press("Log in");
    world.broker_saw(1);
    world.press("Cancel");
    world.says("The code was already on its way");
    world.app().gone(Role::Button, "Cancel");
}

/// Logging out ends the session at the broker and takes it out of the keyring.
#[test]
fn logging_out_ends_the_session() {
    let world = World::open(Keyring::Unlocked);
    world.add_sample();
    world.press("Log in");
    world.says_within(NEXT_CODE, "Logged in until 00:00 IST");
    world.press("More for A123456");
    world.press("Log out");
    world.says("Not logged in");
    let last = world.broker.log().pop().expect("a request");
    assert_eq!(
        (last.call, last.accepted),
        (Some(Call::Logout), true),
        "{last}"
    );
    world.app().gone(Role::Label, Containing("Logged in until"));
    crate::support::desktop::wait_for("the session to leave the keyring", || {
        (world.items().len() == 1).then_some(())
    });
}
