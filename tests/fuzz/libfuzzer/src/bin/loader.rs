//! The target `loader`.
#![no_main]

first_class_libfuzzer::program!(loader);
