//! The system's file dialog. No portal is on the desktop's bus, so it is the one of `zenity`.

use std::path::Path;

use super::{
    Desktop, Window,
    accessibility::{Any, App, Role, State},
    wait::wait_for,
};

const PROGRAM: &str = "zenity";

impl Desktop {
    /// Waits for the file dialog, types the path there, and accepts it; a file that is there
    /// already may be replaced.
    #[track_caller]
    pub fn choose_in_file_dialog(&self, path: &Path) {
        assert!(
            path.is_absolute(),
            "the dialog takes it for a search: {}",
            path.display()
        );
        let path = path.to_str().expect("a path that can be typed");
        let (window, dialog) = self.file_dialog();
        if let Some(name) = dialog.try_find(Role::Text, Any) {
            // For saving there is a field already, where only the name's stem is selected.
            name.wait_for(State::Focused);
            self.key("ctrl+a");
        }
        // For opening, the slash makes the field appear.
        self.type_text(&path[..1]);
        let field = dialog.find(Role::Text, Any);
        self.type_text(&path[1..]);
        wait_for("the path to be typed", || {
            field.try_text()?.starts_with(path).then_some(())
        });
        // What the dialog adds to complete a name is selected.
        self.key("delete");
        field.expect_text(path);
        self.key("enter");
        let mut asked = false;
        wait_for("the file dialog to close", || {
            if !asked && let Some(replace) = dialog.try_find(Role::Button, "Replace") {
                replace.press();
                asked = true;
            }
            self.windows()
                .iter()
                .all(|other| other.id != window.id)
                .then_some(())
        });
    }

    /// Waits for the file dialog and closes it without choosing anything.
    #[track_caller]
    pub fn cancel_file_dialog(&self) {
        let (window, _) = self.file_dialog();
        self.key("escape");
        self.window_gone(&window);
    }

    /// Waits until the dialog is drawn, and gives it the keyboard.
    #[track_caller]
    fn file_dialog(&self) -> (Window, App) {
        let window = self.window("of a file dialog", |window| {
            window.class.starts_with(PROGRAM)
        });
        let dialog = self.app_named(PROGRAM);
        dialog.find(Role::Button, "Cancel");
        self.focus(&window);
        (window, dialog)
    }
}
