//! The roles and states of AT-SPI that matter here, by the numbers that go over the bus.

use std::fmt;

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $number:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($variant),+,
            /// One without a name here.
            Other(u32),
        }

        impl From<u32> for $name {
            fn from(number: u32) -> Self {
                match number {
                    $($number => Self::$variant,)+
                    other => Self::Other(other),
                }
            }
        }
    };
}

numbered! {
    /// What a node is. egui's single and multi line text fields are both `Entry`.
    Role {
        Alert = 2,
        CheckBox = 7,
        ComboBox = 11,
        Dialog = 16,
        Filler = 20,
        Frame = 23,
        Icon = 26,
        Image = 27,
        Label = 29,
        List = 31,
        ListItem = 32,
        Menu = 33,
        MenuBar = 34,
        MenuItem = 35,
        Tab = 37,
        TabList = 38,
        Panel = 39,
        PasswordText = 40,
        PopupMenu = 41,
        ProgressBar = 42,
        Button = 43,
        RadioButton = 44,
        ScrollBar = 48,
        ScrollPane = 49,
        Separator = 50,
        Slider = 51,
        SpinButton = 52,
        StatusBar = 54,
        Table = 55,
        TableCell = 56,
        Text = 61,
        ToggleButton = 62,
        ToolBar = 63,
        ToolTip = 64,
        Unknown = 67,
        Window = 69,
        Application = 75,
        Entry = 79,
        Heading = 83,
        Section = 85,
        Link = 88,
        TableRow = 90,
        ListBox = 98,
        Notification = 101,
        Landmark = 110,
        Timer = 115,
        Static = 116,
    }
}

numbered! {
    /// What is true of a node now.
    State {
        Active = 1,
        Busy = 3,
        Checked = 4,
        Collapsed = 5,
        Defunct = 6,
        Editable = 7,
        Enabled = 8,
        Expandable = 9,
        Expanded = 10,
        Focusable = 11,
        Focused = 12,
        Horizontal = 14,
        Modal = 16,
        MultiLine = 17,
        Pressed = 20,
        Selectable = 22,
        Selected = 23,
        Sensitive = 24,
        Showing = 25,
        SingleLine = 26,
        Vertical = 29,
        Visible = 30,
        Indeterminate = 32,
        Required = 33,
        SelectableText = 38,
        IsDefault = 39,
        Checkable = 41,
        ReadOnly = 43,
    }
}

/// The states a node has, from the two words of flags that AT-SPI sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct States(Vec<State>);

impl From<&[u32]> for States {
    fn from(words: &[u32]) -> Self {
        let flags = (0..).step_by(32).zip(words).flat_map(|(base, word)| {
            (0..32)
                .filter(move |bit| word & (1 << bit) != 0)
                .map(move |bit| base + bit)
        });
        Self(flags.map(State::from).collect())
    }
}

impl States {
    pub fn has(&self, state: State) -> bool {
        self.0.contains(&state)
    }
}

impl fmt::Display for States {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What almost every node has would only hide the rest.
        const COMMON: [State; 4] = [
            State::Visible,
            State::Showing,
            State::Sensitive,
            State::SelectableText,
        ];
        for state in self.0.iter().filter(|state| !COMMON.contains(state)) {
            write!(to, " {state:?}")?;
        }
        Ok(())
    }
}
