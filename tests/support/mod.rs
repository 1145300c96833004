//! What the tests from outside share.

#![allow(dead_code, reason = "each test binary uses a part")]

pub mod desktop;
pub mod memory;
pub mod paper;
pub mod sample;
