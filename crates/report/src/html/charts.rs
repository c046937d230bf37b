//! Small plots as inline SVG. Numbers only: no text of the data gets into one but through the
//! escaped label.

use maud::{Markup, html};

/// Narrower than this nobody sees that a bar is there.
const THINNEST: f64 = 1.5;

/// Two bars, Bronze above Silver, each a share of the whole width; a side that does not exist has
/// no track.
pub(super) fn pair(before: Option<f64>, after: Option<f64>, width: u32, label: &str) -> Markup {
    html! {
        svg.plot width=(width) height="14" viewBox={ "0 0 " (width) " 14" } role="img" aria-label=(label) {
            @if let Some(before) = before { (bar(before, width, 1, "before")) }
            @if let Some(after) = after { (bar(after, width, 8, "after")) }
        }
    }
}

/// One bar, a share of the whole width.
pub(super) fn single(share: f64, width: u32, label: &str) -> Markup {
    html! {
        svg.plot width=(width) height="7" viewBox={ "0 0 " (width) " 7" } role="img" aria-label=(label) {
            (bar(share, width, 1, "after"))
        }
    }
}

fn bar(share: f64, width: u32, y: u32, class: &str) -> Markup {
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let long = if share > 0.0 {
        (share * f64::from(width)).max(THINNEST)
    } else {
        0.0
    };
    html! {
        rect.track x="0" y=(y) width=(width) height="5" rx="1.5" {}
        @if long > 0.0 { rect class=(class) x="0" y=(y) width={ (format!("{long:.1}")) } height="5" rx="1.5" {} }
    }
}

/// What the two colours mean.
pub(super) fn legend() -> Markup {
    let key = |class: &str| {
        html! { svg width="12" height="8" viewBox="0 0 12 8" aria-hidden="true" { rect class=(class) width="12" height="8" rx="2" {} } }
    };
    html! {
        p.legend { span { (key("before")) "Bronze, before" } span { (key("after")) "Silver, after" } }
    }
}

/// A tick, a cross or a dash in a circle, in the colour of the text.
pub(super) fn sign(path: &str) -> Markup {
    html! {
        svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" {
            circle cx="12" cy="12" r="10" {}
            path d=(path) {}
        }
    }
}

pub(super) const TICK: &str = "M7.5 12.5l3 3 6-6.5";
pub(super) const CROSS: &str = "M8.5 8.5l7 7m0-7l-7 7";
pub(super) const MARK: &str = "M12 7v6m0 3.5v.01";
