//! The target `contract`.
#![no_main]

first_class_libfuzzer::program!(contract);
