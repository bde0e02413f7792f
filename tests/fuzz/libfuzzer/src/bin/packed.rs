//! The target `packed`.
#![no_main]

first_class_libfuzzer::program!(packed);
