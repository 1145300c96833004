//! Cheaper pixels where the processor draws them.

use egui::{Context, FullOutput, Plugin, TextureFilter, TextureId};

/// Has the font atlas read pixel by pixel. Every filled area is a read of it, and
/// egui puts letters on whole pixels, so nothing looks different; but blending four
/// neighbours per pixel is half of what a frame costs without a graphics card.
struct NearestAtlas;

impl Plugin for NearestAtlas {
    fn debug_name(&self) -> &'static str {
        "nearest atlas"
    }

    fn output_hook(&mut self, _ctx: &Context, output: &mut FullOutput) {
        let sets = output.textures_delta.set.iter_mut();
        let atlas = sets.filter(|(id, _)| **id == TextureId::default());
        for delta in atlas.flat_map(|(_, deltas)| deltas) {
            delta.options.magnification = TextureFilter::Nearest;
            delta.options.minification = TextureFilter::Nearest;
        }
    }
}

pub fn install(ctx: &Context) {
    ctx.add_plugin(NearestAtlas);
    // Discs out of the atlas are scaled, which wants the neighbours.
    ctx.tessellation_options_mut(|options| options.prerasterized_discs = false);
}
