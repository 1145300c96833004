//! Every colour, distance and size of the window, light and dark.
#![allow(clippy::unreadable_literal, reason = "colours are read as six digits")]

use std::sync::Arc;

use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke,
    Style, TextStyle, Theme, Ui, Visuals,
};

/// The base unit: every distance is a multiple of it.
pub const UNIT: f32 = 4.0;
pub const MARGIN: f32 = 4.0 * UNIT;
pub const GAP: f32 = 3.0 * UNIT;
pub const CONTROL_HEIGHT: f32 = 36.0;
pub const FIELD_HEIGHT: f32 = 38.0;
pub const RADIUS: u8 = 8;
pub const CARD_RADIUS: u8 = 12;
/// Cards and forms do not grow wider than this on a wide window.
pub const CONTENT_WIDTH: f32 = 640.0;

pub const TITLE: f32 = 17.5;
pub const HEADING: f32 = 22.5;
pub const NAME: f32 = 15.0;
pub const BODY: f32 = 14.0;
pub const SMALL: f32 = 13.0;
pub const TINY: f32 = 12.0;
pub const CODE: f32 = 34.0;
pub const NEXT_CODE: f32 = 13.5;

/// One theme's colours.
pub struct Palette {
    pub page: Color32,
    pub card: Color32,
    pub line: Color32,
    /// Behind what is idle, and steps still to come.
    pub quiet: Color32,
    pub text: Color32,
    pub dim: Color32,
    pub faint: Color32,
    pub accent: Color32,
    pub accent_hover: Color32,
    pub on_accent: Color32,
    pub ok: Tone,
    pub warn: Tone,
    pub bad: Tone,
    pub idle: Tone,
    pub angelone: Color32,
    pub on_badge: Color32,
}

/// One meaning: its text and its tint.
#[derive(Clone, Copy)]
pub struct Tone {
    pub text: Color32,
    pub tint: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

const fn tone(text: u32, tint: u32) -> Tone {
    Tone {
        text: rgb(text),
        tint: rgb(tint),
    }
}

static LIGHT: Palette = Palette {
    page: rgb(0xf6f7f9),
    card: rgb(0xffffff),
    line: rgb(0xe3e6eb),
    quiet: rgb(0xeef0f4),
    text: rgb(0x14171c),
    dim: rgb(0x5b6472),
    // A shade darker than the picture's, for 4.5:1 on white.
    faint: rgb(0x6b7482),
    accent: rgb(0x3555e8),
    accent_hover: rgb(0x2a46cc),
    on_accent: rgb(0xffffff),
    ok: tone(0x17774b, 0xe6f4ed),
    warn: tone(0x8f5500, 0xfdf2df),
    bad: tone(0xc2362b, 0xfceae8),
    idle: tone(0x5b6472, 0xeef0f4),
    angelone: rgb(0xc9491f),
    on_badge: rgb(0xffffff),
};

static DARK: Palette = Palette {
    page: rgb(0x14161a),
    card: rgb(0x1c1f25),
    line: rgb(0x2c313a),
    quiet: rgb(0x262a32),
    text: rgb(0xeceff4),
    dim: rgb(0xa4adbb),
    faint: rgb(0x8b95a5),
    accent: rgb(0x7d95ff),
    accent_hover: rgb(0x94a8ff),
    on_accent: rgb(0x0e1220),
    ok: tone(0x5fcb97, 0x17301f),
    warn: tone(0xe8b04c, 0x33270f),
    bad: tone(0xff8a80, 0x3a1b19),
    idle: tone(0xa4adbb, 0x262a32),
    angelone: rgb(0xc9491f),
    on_badge: rgb(0xffffff),
};

/// The palette of the theme that is shown.
pub fn palette(ui: &Ui) -> &'static Palette {
    if ui.visuals().dark_mode {
        &DARK
    } else {
        &LIGHT
    }
}

pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("medium".into()))
}

pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("semibold".into()))
}

pub fn regular(size: f32) -> FontId {
    FontId::proportional(size)
}

pub fn mono(size: f32) -> FontId {
    FontId::monospace(size)
}

/// Fonts and both themes' styles; once, at start.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    // Where the desktop does not say (X11 does not), light as most desktops are.
    ctx.options_mut(|options| options.fallback_theme = Theme::Light);
    for (theme, palette) in [(Theme::Light, &LIGHT), (Theme::Dark, &DARK)] {
        ctx.style_mut_of(theme, |style| dress(style, palette, theme));
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let faces: [(&str, &[u8]); 4] = [
        (
            "inter",
            include_bytes!("../../assets/fonts/Inter-Regular.otf"),
        ),
        (
            "medium",
            include_bytes!("../../assets/fonts/Inter-Medium.otf"),
        ),
        (
            "semibold",
            include_bytes!("../../assets/fonts/Inter-SemiBold.otf"),
        ),
        (
            "mono",
            include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"),
        ),
    ];
    for (name, bytes) in faces {
        let data = Arc::new(FontData::from_static(bytes));
        fonts.font_data.insert(name.to_owned(), data);
        let family = match name {
            "inter" => FontFamily::Proportional,
            "mono" => FontFamily::Monospace,
            other => FontFamily::Name(other.into()),
        };
        // Inter stands in where the monospaced face lacks a sign.
        let names = [name, "inter"].map(str::to_owned);
        fonts.families.insert(family, names.to_vec());
    }
    fonts
}

fn dress(style: &mut Style, palette: &Palette, theme: Theme) {
    style.text_styles = [
        (TextStyle::Heading, semibold(TITLE)),
        (TextStyle::Body, regular(BODY)),
        (TextStyle::Button, medium(BODY)),
        (TextStyle::Small, regular(TINY)),
        (TextStyle::Monospace, mono(NEXT_CODE)),
    ]
    .into();
    style.spacing.item_spacing = egui::vec2(2.0 * UNIT, 2.0 * UNIT);
    style.spacing.button_padding = egui::vec2(3.5 * UNIT, 2.0 * UNIT);
    style.spacing.interact_size.y = CONTROL_HEIGHT;
    style.spacing.menu_margin = Margin::same(6);
    style.interaction.selectable_labels = false;
    // Nothing may move by itself: the window is left open all day.
    style.animation_time = 0.0;

    let mut visuals = match theme {
        Theme::Dark => Visuals::dark(),
        Theme::Light => Visuals::light(),
    };
    visuals.panel_fill = palette.page;
    visuals.window_fill = palette.card;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(CARD_RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(RADIUS);
    visuals.extreme_bg_color = palette.card;
    visuals.hyperlink_color = palette.accent;
    visuals.weak_text_color = Some(palette.faint);
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.3);
    visuals.selection.stroke = Stroke::new(1.5, palette.accent);
    visuals.text_cursor.blink = false;
    let widgets = &mut visuals.widgets;
    for state in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        state.corner_radius = CornerRadius::same(RADIUS);
        state.bg_stroke = Stroke::new(1.0, palette.line);
        state.fg_stroke = Stroke::new(1.0, palette.text);
        state.bg_fill = palette.card;
        state.weak_bg_fill = palette.card;
        state.expansion = 0.0;
    }
    for state in [&mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
        state.weak_bg_fill = palette.quiet;
        state.bg_fill = palette.quiet;
    }
    style.visuals = visuals;
}
