//! Texts of the model, which are Markdown, as HTML. Names in code become links where they mean one thing; everything
//! that is not Markdown is shown as it is.

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

use super::links::{Links, Scope};

/// Turns texts into HTML for pages of one folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texts<'m> {
    pub(super) links: &'m Links<'m>,
    /// What leads from the page to the root of the site: `../`.
    pub(super) root: &'static str,
}

impl<'m> Texts<'m> {
    /// A text of any length.
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

    /// A text of one paragraph, without the tags of the paragraph.
    pub(super) fn inline(&self, markdown: &str, scope: Scope<'_>) -> String {
        let html = self.block(markdown, scope);
        match html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>")) {
            Some(inner) if !inner.contains("<p>") => inner.to_owned(),
            _ => html,
        }
    }
}

/// A text without marks, for the search.
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

/// The events of a text, such that only what we mean gets into the page.
struct Events<'t, 'm, I> {
    inner: I,
    texts: &'t Texts<'m>,
    scope: Scope<'t>,
    /// Of the links around the present place: whether each is kept.
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
                // The headings of the page are ours.
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
                // No page loads anything from elsewhere: of an image, its text is shown.
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
            // A name has nothing in it that would have to be escaped.
            Some(href) => {
                Event::InlineHtml(format!("<a href=\"{}{href}\"><code>{code}</code></a>", self.texts.root).into())
            }
            None => Event::Code(code),
        }
    }
}

/// Whether the address of a link is one that we have found for a name.
fn is_ours(link: LinkType) -> bool {
    matches!(link, LinkType::ReferenceUnknown | LinkType::CollapsedUnknown | LinkType::ShortcutUnknown)
}

/// Whether an address leads to another site, and is nothing that runs.
fn is_public(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
