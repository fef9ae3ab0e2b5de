//! The kinds of search fields. [`Field`](super::Field) has the comparisons of each.

use std::marker::PhantomData;

/// The values of an enum: the names in searches and the texts in the API.
pub(crate) type Values = &'static [(&'static str, &'static str)];

/// Defines kinds.
macro_rules! kinds {
    ($($(#[$docs:meta])* $kind:ident;)*) => {
        $(
            $(#[$docs])*
            #[derive(Clone, Copy, Debug)]
            pub struct $kind;
        )*
    };
}

kinds! {
    /// A text; `*` stands for any characters.
    Text;
    /// A text without wildcards, in its exact case.
    Exact;
    /// A text in a list, without wildcards.
    Listed;
    /// A long text, of which searches contain a part.
    Part;
    /// An identifier.
    Id;
    /// A boolean.
    Flag;
    /// A value of an enum that the API doesn't have, by the engine's name.
    Named;
    /// An integer.
    Integer;
    /// An integer without an order, such as a code.
    Code;
    /// A decimal number.
    Decimal;
    /// A number of bytes. The engine compares whole MiB or GiB.
    Bytes;
    /// A number of bytes that can't be compared for equality.
    Size;
    /// A date whose time of the day doesn't count. Days begin in the time zone of the engine.
    Day;
    /// A date with its time.
    Date;
    /// A duration.
    Span;
}

/// A value of an enum of the API.
#[derive(Clone, Copy, Debug)]
pub struct Choice<E>(PhantomData<fn() -> E>);

/// A value of an enum of the API whose values have an order.
#[derive(Clone, Copy, Debug)]
pub struct Ranked<E>(PhantomData<fn() -> E>);
