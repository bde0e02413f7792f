//! Component files.

use first_class_abi::World;
use miette::{Result, miette};
use std::io::ErrorKind;
use std::path::Path;

/// Reads a component file, whatever is in it.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        let help = match error.kind() {
            ErrorKind::NotFound => {
                "`cargo first-class build` builds components and says where they are"
            }
            ErrorKind::IsADirectory => "give the `.wasm` file in it",
            _ => "check that the path is right and that you may read the file",
        };
        miette!(help = help, "cannot read `{}`: {error}", path.display())
    })
}

/// The type of a component.
pub(crate) fn world(path: &Path, bytes: &[u8]) -> Result<World> {
    World::of_component(bytes).map_err(|found| not_a_component(path, &found.to_string()))
}

/// The error for a file that is something else.
pub(crate) fn not_a_component(path: &Path, found: &str) -> miette::Report {
    miette!(
        help = "`cargo first-class build` builds components and says where they are",
        "`{}` is not a component: {found}",
        path.display()
    )
}

/// The name of a component file without its extension.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
