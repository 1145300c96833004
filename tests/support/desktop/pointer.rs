//! A real pointer: XTEST, with positions on the screen.

use x11rb::protocol::{
    xproto::{self, ConnectionExt as _},
    xtest::ConnectionExt as _,
};

use super::{Desktop, Node, wait::wait_for};

const LEFT: u8 = 1;
const RIGHT: u8 = 3;
const WHEEL_UP: u8 = 4;
const WHEEL_DOWN: u8 = 5;

impl Desktop {
    pub fn move_pointer(&self, x: i16, y: i16) {
        let display = self.display();
        display
            .x
            .xtest_fake_input(
                xproto::MOTION_NOTIFY_EVENT,
                0,
                x11rb::CURRENT_TIME,
                display.screen().root,
                x,
                y,
                0,
            )
            .expect("a connection to the display");
        wait_for("the pointer to be there", || {
            let pointer = display
                .x
                .query_pointer(display.screen().root)
                .ok()?
                .reply()
                .ok()?;
            (pointer.root_x == x && pointer.root_y == y).then_some(())
        });
    }

    pub fn click(&self, x: i16, y: i16) {
        self.move_pointer(x, y);
        self.press_button(LEFT);
    }

    pub fn right_click(&self, x: i16, y: i16) {
        self.move_pointer(x, y);
        self.press_button(RIGHT);
    }

    /// Clicks on the middle of what a program shows, as a person does; nothing may lie over it.
    #[track_caller]
    pub fn click_on(&self, node: &Node) {
        let (x, y) = node.extents().centre();
        self.click(x, y);
    }

    /// Turns the wheel where the pointer is, downwards if `notches` is positive.
    pub fn scroll(&self, notches: i32) {
        let button = if notches < 0 { WHEEL_UP } else { WHEEL_DOWN };
        for _ in 0..notches.abs() {
            self.press_button(button);
        }
    }

    fn press_button(&self, button: u8) {
        let display = self.display();
        display.fake(xproto::BUTTON_PRESS_EVENT, button);
        display.fake(xproto::BUTTON_RELEASE_EVENT, button);
        display.sync();
    }
}
