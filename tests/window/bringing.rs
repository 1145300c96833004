//! Many codes at once, and what becomes of each: files dropped together, folders,
//! an export in parts, what is here already.

mod backups;
mod capturing;
mod links;
mod many;
mod pasting;
mod trash;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::support::desktop::{Any, Containing, Keyring, Role, State, wait_for};
use crate::support::paper::Client;
use crate::support::sample;
use crate::world::{CodeButton, World};

/// What Kunji can keep of `tests/data/import`.
const GITHUB: &str = "KUNJIMADEUPSECRETAAA2345";
const BANK: &str = "KUNJIMADEUPBANKAAAAA2345";
const SHOP: &str = "KUNJIMADEUPOLDAAAAAA2345";
const STEAM: &str = "KUNJIMADEUPSTEAMAAAA2345";

/// One drop is one preview: the whole count, each failure by name and reason; and
/// the keyring gets what is ticked and nothing else, ready to show codes.
#[test]
fn files_dropped_together_are_one_preview() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    let export = world.picture("export.png", &[fixture("google.txt").trim()]);
    let backup = data("aegis.json");
    let whole = std::fs::read(sample::picture()).unwrap();
    let broken = world.file("broken.png", &whole[..whole.len() / 2]);
    world.drop_all(&[&export, &backup, &broken], "What was found");

    world.says("5 codes, 2 of them twice, 6 not readable.");
    world.says("broken.png: This picture is damaged or cut off");
    assert_eq!(ticked(&world), 3);
    world.press("Import 3 accounts");
    world.says("3 accounts saved.");
    assert_eq!(world.kept(), [BANK, GITHUB, STEAM]);
    world.says("Delete the 2 files?");
    // What counts logins is in them still, and in no keyring.
    world.says("Not everything that is there could be imported");

    let app = world.app();
    let codes = app.find_all(Role::Button, CodeButton);
    assert_eq!(codes.len(), 3, "{}", app.dump());
    // A code of another service is shown, and logs in nowhere.
    for word in ["Log in", "Log in all", "Complete"] {
        assert!(
            app.try_find(Role::Button, word).is_none(),
            "{word}\n{}",
            app.dump()
        );
    }
    wait_for("the right code for GitHub", || {
        let expected = codes_around_now(GITHUB).map(|code| sample::grouped(&code));
        let shown = world.app().find_all(Role::Button, CodeButton);
        let is_it = |name: &str| expected.iter().any(|code| name.contains(code));
        shown.iter().any(|node| is_it(node.name())).then_some(())
    });
}

/// Most files of a folder are none of ours and are passed over; the others are
/// found, in the window as in the terminal.
#[test]
fn a_folder_is_what_is_in_it() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    let folder = world.desktop.home().join("my codes");
    std::fs::create_dir(&folder).unwrap();
    let second = Client::other(1).secret_base32;
    let third = Client::other(2).secret_base32;
    world.picture("my codes/one.png", &[&sample::uri()]);
    let uri = format!("otpauth://totp/GitHub:asha?secret={second}&issuer=GitHub");
    world.picture("my codes/two.png", &[&uri]);
    let backup = aegis(&[(&third, "Bank".to_owned())]);
    world.file("my codes/backup.json", backup.as_bytes());
    world.file("my codes/shopping.txt", b"milk and bread");
    world.file("my codes/song.mp3", b"ID3\x03\x00\x00\x00\x00");
    let mut all = vec![Client::sample().secret_base32, second, third];
    all.sort();

    world.drop_and_read(&folder, "3 codes.");
    for name in ["A123456", "asha", "Bank"] {
        world
            .app()
            .find(Role::CheckBox, format!("Import {name}").as_str());
    }
    world.press("Cancel");
    // What was read is not lost by a slip.
    world.says("Leave without importing?");
    world.press("Leave");
    world.app().find(Role::Button, "Choose a file");
    assert!(world.items().is_empty(), "looking saves nothing");

    let folder = folder.to_str().unwrap();
    let (status, output) = world.run(&["import", folder, "--yes"]);
    assert_eq!(status, Some(0), "{output}");
    assert_eq!(output.matches(": saved ").count(), 3, "{output}");
    assert_eq!(world.kept(), all);
    let (status, output) = world.run(&["import", folder, "--yes"]);
    assert_eq!(status, Some(0), "{output}");
    assert_eq!(output.matches("already saved").count(), 3, "{output}");
    assert_eq!(world.kept(), all, "none twice");
}

/// The parts of an export may come one after the other: what is missing is said,
/// and what is known of it is one list all along.
#[test]
fn an_export_in_parts_is_put_together() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    let export = fixture("google-3-parts.txt");
    let mut parts = export.lines().enumerate().map(|(at, part)| {
        let name = format!("part {}.png", at + 1);
        world.picture(&name, &[part])
    });
    let mut next = || parts.next().unwrap();
    world.drop_and_read(&next(), "Parts 2 and 3 of 3");
    let second = next();
    world.drop_and_read(&second, "Part 3 of 3");
    world.says("2 codes");
    // The same part again is no news.
    world.drop_and_read(&second, "Part 3 of 3");
    world.says("2 codes");
    world.drop_and_read(&next(), "3 codes.");
    world.app().gone(Role::Label, Containing("missing"));
    world.press("Import 3 accounts");
    world.says("3 accounts saved.");
    assert_eq!(world.kept(), [BANK, SHOP, GITHUB]);
    world.says("Delete the 3 files?");
}

/// A form that is open is not taken away by what comes meanwhile, which is there
/// once the form is done.
#[test]
fn what_comes_while_a_form_is_open_waits_for_it() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Paste");
    world.paste(&sample::uri());
    world.says("your phone should show the same");
    world.fill(Role::Entry, "Name", "Mine");
    let whole = std::fs::read(sample::picture()).unwrap();
    let broken = world.file("broken.png", &whole[..whole.len() / 2]);
    world.drop_and_read(&broken, "broken.png could not be read. This picture is");
    world.press("Dismiss message");
    let second = sample::uri()
        .replace("A123456", "B654321")
        .replace("KUNJI", "KUNJA");
    let picture = world.picture("second.png", &[&second]);
    world.drop_and_read(&picture, "One more code was found.");
    world.app().find(Role::Entry, "Name").expect_text("Mine");
    world.drop_and_read(&broken, "No code was found in broken.png so far.");
    world.app().find(Role::Entry, "Name").expect_text("Mine");
    assert!(world.items().is_empty());

    world.press("Save without testing");
    world.says("What was found");
    world.says("broken.png: This picture is damaged or cut off");
    world.app().find(Role::CheckBox, "Import B654321");
    assert_eq!(world.items().len(), 1);
    world.press("Import 1 account");
    world.says("AngelOne · B654321");
    assert_eq!(world.items().len(), 2);
}

/// 0 is no letter of base32 and was surely an O: that is offered, and what was
/// typed stays until the person takes the offer.
#[test]
fn a_mistyped_letter_is_corrected_only_when_asked() {
    let world = World::open(Keyring::Unlocked);
    world.press("Type the token number instead");
    let typed = "KUNJ ISAM PLEQ RN0T ASEC RET2 34";
    world.fill(Role::Entry, "Token number", typed);
    world.app().find(Role::Button, "Use O for 0");
    world.press("Continue");
    world.says("This is no token number.");
    let field = || world.app().find(Role::Entry, "Token number");
    field().expect_text(typed);
    world.press("Use O for 0");
    field().expect_text(&typed.replace('0', "O"));
    world.app().gone(Role::Button, "Use O for 0");
    world.press("Continue");
    world.says("your phone should show the same");
    world.press("Save without testing");
    world.app().find(Role::Button, CodeButton);
    assert_eq!(world.kept(), [Client::sample().secret_base32]);
}

/// What is saved is shown as such, and neither ticked nor saved a second time.
#[test]
fn what_is_here_already_is_not_imported_twice() {
    let world = World::open(Keyring::Unlocked);
    world.add_sample();
    let second = Client::other(1).secret_base32;
    let backup = aegis(&[
        (&Client::sample().secret_base32, "Old phone".to_owned()),
        (&second, "GitHub".to_owned()),
    ]);
    let backup = world.file("backup.json", backup.as_bytes());
    world.drop_and_read(&backup, "2 codes, 1 of them here already.");
    world.says("Here already");
    world.says("saved as A123456");
    assert_eq!(ticked(&world), 1);
    let known = world.app().find(Role::CheckBox, "Import Old phone");
    assert!(!known.has(State::Checked));
    world.press("Import 1 account");
    world.says("1 account saved.");
    let mut both = vec![Client::sample().secret_base32, second];
    both.sort();
    assert_eq!(world.kept(), both);
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/import")
        .join(name)
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(data(name)).unwrap()
}

/// How many ticks are set in the preview.
fn ticked(world: &World) -> usize {
    let ticks = world.app().find_all(Role::CheckBox, Any);
    ticks.iter().filter(|tick| tick.has(State::Checked)).count()
}

/// An Aegis backup that is not encrypted: of each code the secret, and a name.
fn aegis(codes: &[(&str, String)]) -> String {
    let entries = codes.iter().map(|(secret, name)| {
        json!({
            "type": "totp", "name": name, "issuer": "Made up",
            "info": {"secret": secret, "algo": "SHA1", "digits": 6, "period": 30},
        })
    });
    let entries: Vec<_> = entries.collect();
    json!({
        "version": 1,
        "header": {"slots": null, "params": null},
        "db": {"version": 3, "entries": entries},
    })
    .to_string()
}

/// As [`sample::codes_around_now`], of another secret.
fn codes_around_now(secret_base32: &str) -> [String; 2] {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let client = Client {
        secret_base32: secret_base32.to_owned(),
        ..Client::sample()
    };
    [now.as_secs() - 2, now.as_secs()].map(|at| client.code_at(at))
}
