//! Which accessible name is meant.

/// A way to recognise a name: a string means exactly this one.
pub trait Name {
    fn fits(&self, name: &str) -> bool;
    fn describe(&self) -> String;
}

impl Name for str {
    fn fits(&self, name: &str) -> bool {
        name == self
    }

    fn describe(&self) -> String {
        format!("called {self:?}")
    }
}

/// A name with this text in it.
pub struct Containing<'a>(pub &'a str);

impl Name for Containing<'_> {
    fn fits(&self, name: &str) -> bool {
        name.contains(self.0)
    }

    fn describe(&self) -> String {
        format!("whose name contains {:?}", self.0)
    }
}

/// Whatever its name.
pub struct Any;

impl Name for Any {
    fn fits(&self, _name: &str) -> bool {
        true
    }

    fn describe(&self) -> String {
        "of any name".to_owned()
    }
}

impl<N: Name + ?Sized> Name for &N {
    fn fits(&self, name: &str) -> bool {
        (**self).fits(name)
    }

    fn describe(&self) -> String {
        (**self).describe()
    }
}

/// A name that a test recognises itself.
pub struct Such<F>(pub F);

impl<F: Fn(&str) -> bool> Name for Such<F> {
    fn fits(&self, name: &str) -> bool {
        (self.0)(name)
    }

    fn describe(&self) -> String {
        "as the test wants it".to_owned()
    }
}
