//! Calls of forty functions, for guests whose size is compared: each guest says what a call is.

/// Calls each function of the interface `library` once, by way of a macro that takes a call.
///
/// The types of the interface are in scope where this is used. No argument is known when the guest
/// is compiled, and all of a result is of interest, if `$call` passes both through `black_box`.
#[macro_export]
macro_rules! call_all {
    ($call:ident, $seed:ident) => {
        let text = $seed.to_string();
        let words = [text.clone(), text.clone()];
        let author = Author {
            name: text.clone(),
            born: Some($seed as u16),
        };
        let authors = [author.clone(), author.clone()];
        let book = Book {
            id: $seed,
            title: text.clone(),
            by: author.clone(),
            pages: $seed as u32,
            genre: Genre::Science,
        };
        let loan = Loan {
            id: $seed,
            reader: text.clone(),
            due: $seed,
        };
        let place = Place::Lent(loan.clone());
        $call!(close());
        $call!(is_open());
        $call!(count());
        $call!(count_of(Genre::History));
        $call!(has($seed));
        $call!(pages($seed, 1, 2));
        $call!(price($seed, 3, 0.5));
        $call!(letter($seed as u8));
        $call!(allow(Rights::READ));
        $call!(ratio($seed as f32, 0.5));
        $call!(title($seed));
        $call!(find(&text));
        $call!(search(&words));
        $call!(author_of($seed));
        $call!(add(&book));
        $call!(add_all(&[book.clone(), book.clone()]));
        $call!(remove($seed));
        $call!(get($seed));
        $call!(everything());
        $call!(written_by(&author));
        $call!(titles_of(Genre::Fiction, 10));
        $call!(lend($seed, &text, 14));
        $call!(give_back(&loan));
        $call!(loans(&text));
        $call!(overdue($seed));
        $call!(where_is($seed));
        $call!(put($seed, &place));
        $call!(put_all(&[($seed, place.clone())]));
        $call!(cover($seed));
        $call!(set_cover($seed, text.as_bytes()));
        $call!(ratings($seed));
        $call!(rate($seed, &[0.5, $seed as f64]));
        $call!(histogram(&[1, $seed as u32]));
        $call!(rename($seed, &text, Some(&text)));
        $call!(compare(&book, &book));
        $call!(summary());
        $call!(rights_of(&text));
        $call!(note($seed, Some(&text)));
        $call!(merge(&authors, &authors));
        $call!(explain(&Problem::Other(text.clone())));
    };
}
