//! The window: state, what happens, what is drawn, what was asked, apart.

mod dialog;
mod fills;
mod form;
#[cfg(all(unix, not(target_os = "macos")))]
pub mod links;
mod logic;
mod preview;
mod screens;
mod state;
mod theme;
mod widgets;

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::engine::{Command, Config, ConfigError, Engine};

use self::dialog::FileDialog;
pub use self::dialog::Picked;
use self::state::State;

const APP_ID: &str = "kunji";
const SIZE: [f32; 2] = [560.0, 760.0];
const MIN_SIZE: [f32; 2] = [380.0, 480.0];

/// Why there is no window.
#[derive(Debug, Error)]
pub enum RunError {
    #[error("There is no display to open a window on; see `kunji --help` for what works without.")]
    NoDisplay,
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("The system gave Kunji no threads to work with ({0}).")]
    Threads(#[from] std::io::Error),
    #[error(
        "The window could not be opened: the display does not answer, or draws no OpenGL. \
         See `kunji --help` for what works without."
    )]
    Window,
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// See [`RunError`].
pub fn run() -> Result<(), RunError> {
    if !display_is_there() {
        return Err(RunError::NoDisplay);
    }
    let config = Config::from_env()?;
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_app_id(APP_ID)
            .with_title("Kunji")
            .with_inner_size(SIZE)
            .with_min_inner_size(MIN_SIZE)
            .with_drag_and_drop(true),
        renderer: eframe::Renderer::Glow,
        persist_window: false,
        // Flat colours need no dithering, and it costs on every pixel.
        dithering: false,
        ..eframe::NativeOptions::default()
    };
    let mut start_error = None;
    let outcome = eframe::run_native(
        "Kunji",
        options,
        Box::new(|creation| match App::start(&config, &creation.egui_ctx) {
            Ok(app) => Ok(Box::new(app)),
            Err(error) => {
                let told = error.to_string();
                start_error = Some(error);
                Err(told.into())
            }
        }),
    );
    match (start_error, outcome) {
        (Some(error), _) => Err(error.into()),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) => {
            tracing::debug!(%error, "no window");
            Err(RunError::Window)
        }
    }
}

/// On Unix a display is named in the environment; elsewhere there always is one.
fn display_is_there() -> bool {
    let named = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(all(unix, not(target_os = "macos"))))
        || ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
            .into_iter()
            .any(named)
}

/// The window's program: an engine, and what is on screen.
pub struct App {
    engine: Engine,
    state: State,
    dialog: FileDialog,
    #[cfg(all(unix, not(target_os = "macos")))]
    links: links::Links,
}

impl App {
    /// Starts the engine and asks it to open the vault; does not wait for it.
    ///
    /// # Errors
    /// Where the system has no thread to give.
    pub fn start(config: &Config, ctx: &egui::Context) -> std::io::Result<Self> {
        // First of all: a bus that started Kunji for a link waits for its name.
        #[cfg(all(unix, not(target_os = "macos")))]
        let links = links::Links::start(ctx);
        theme::install(ctx);
        fills::install(ctx);
        let waking = ctx.clone();
        let engine = Engine::start(config, Arc::new(move || waking.request_repaint()))?;
        // The queue of a new engine has room.
        let _ = engine.send(Command::OpenVault);
        Ok(Self {
            engine,
            state: State::default(),
            dialog: FileDialog::default(),
            #[cfg(all(unix, not(target_os = "macos")))]
            links,
        })
    }

    /// What happens: events, keys, dropped files.
    pub fn update(&mut self, ctx: &egui::Context) {
        logic::update(self, ctx);
    }

    /// What is drawn, and then done as it was asked for.
    pub fn draw(&mut self, ui: &mut egui::Ui) {
        let snapshot = self.engine.snapshot();
        let mut actions = Vec::new();
        screens::draw(
            ui,
            &snapshot,
            &mut self.state,
            self.engine.clock(),
            &mut actions,
        );
        for action in actions {
            logic::act(self, ui.ctx(), action);
        }
    }

    /// Clears the clipboard and ends the threads.
    pub fn close(&self) {
        self.engine.shut_down(Duration::from_secs(2));
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.update(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.close();
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
