//! The target `world`.
#![no_main]

first_class_libfuzzer::program!(world);
