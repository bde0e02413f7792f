//! The target `values`.
#![no_main]

first_class_libfuzzer::program!(values);
