//! Renders the texts of the model, which are Markdown, as HTML. Unambiguous names in code become links. HTML in texts
//! is escaped.

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

use super::links::{Links, Scope};

/// Renders texts for the pages of a folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextRenderer<'m> {
    pub(super) links: &'m Links<'m>,
    /// Relative path from the page to the root of the site, such as `../`.
    pub(super) root: &'static str,
}

impl<'m> TextRenderer<'m> {
    /// Renders a text of any length.
    pub(super) fn block(&self, markdown: &str, scope: Scope<'_>) -> String {
        let resolve = |link: BrokenLink<'_>| {
            let href = self.links.wanted(link.reference.trim_matches('`'), scope)?;
            Some((CowStr::from(format!("{}{href}", self.root)), CowStr::from("")))
        };
        let parser = Parser::new_with_broken_link_callback(markdown, Options::ENABLE_TABLES, Some(resolve));
        let mut out = String::new();
        html::push_html(&mut out, Events { inner: parser, texts: self, scope, links: Vec::new() });
        out.trim_end().to_owned()
    }

    /// Renders a text of one paragraph without `<p>`.
    pub(super) fn inline(&self, markdown: &str, scope: Scope<'_>) -> String {
        let html = self.block(markdown, scope);
        match html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>")) {
            Some(inner) if !inner.contains("<p>") => inner.to_owned(),
            _ => html,
        }
    }
}

/// Strips the Markdown markup, for the search.
pub(super) fn plain(markdown: &str) -> String {
    let mut out = String::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak | Event::End(_) => out.push(' '),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Filters Markdown events, so that texts can't contain arbitrary HTML.
struct Events<'t, 'm, I> {
    inner: I,
    texts: &'t TextRenderer<'m>,
    scope: Scope<'t>,
    /// For each enclosing link: whether it is kept.
    links: Vec<bool>,
}

impl<'e, I: Iterator<Item = Event<'e>>> Iterator for Events<'_, '_, I> {
    type Item = Event<'e>;

    fn next(&mut self) -> Option<Event<'e>> {
        loop {
            let event = self.inner.next()?;
            return Some(match event {
                Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
                Event::Code(code) => self.code(code),
                // Headings would disturb the outline of the page.
                Event::Start(Tag::Heading { .. }) => Event::Html("<p><strong>".into()),
                Event::End(TagEnd::Heading(_)) => Event::Html("</strong></p>\n".into()),
                Event::Start(Tag::Link { link_type, ref dest_url, .. }) => {
                    let kept = is_ours(link_type) || is_public(dest_url);
                    self.links.push(kept);
                    if !kept {
                        continue;
                    }
                    event
                }
                Event::End(TagEnd::Link) => {
                    if !self.links.pop().unwrap_or(false) {
                        continue;
                    }
                    event
                }
                // Pages load nothing from other sites. Images are replaced by their text.
                Event::Start(Tag::Image { .. } | Tag::HtmlBlock) | Event::End(TagEnd::Image | TagEnd::HtmlBlock) => {
                    continue;
                }
                other => other,
            });
        }
    }
}

impl<I> Events<'_, '_, I> {
    fn code<'e>(&self, code: CowStr<'e>) -> Event<'e> {
        if self.links.contains(&true) {
            return Event::Code(code);
        }
        match self.texts.links.resolve(&code, self.scope) {
            // Names need no escaping.
            Some(href) => {
                Event::InlineHtml(format!("<a href=\"{}{href}\"><code>{code}</code></a>", self.texts.root).into())
            }
            None => Event::Code(code),
        }
    }
}

/// Whether the URL of a link comes from resolving a name.
fn is_ours(link: LinkType) -> bool {
    matches!(link, LinkType::ReferenceUnknown | LinkType::CollapsedUnknown | LinkType::ShortcutUnknown)
}

/// Whether a URL leads to another site, and is not a script.
fn is_public(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
