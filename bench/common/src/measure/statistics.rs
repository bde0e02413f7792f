//! What is said of many samples: the median, and how far they are apart.

/// Samples of one subject.
#[derive(Default, Debug)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Adds a sample.
    pub fn add(&mut self, sample: f64) {
        self.0.push(sample);
    }

    /// The median, and the interquartile range: between which values the middle half lies.
    pub fn median_and_spread(&self) -> (f64, f64) {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let spread = quantile(&sorted, 0.75) - quantile(&sorted, 0.25);
        (quantile(&sorted, 0.5), spread)
    }
}

/// The value below which a share of sorted samples lies, between the two that are nearest to it. Of
/// no samples it is 0.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let position = share * sorted.len().saturating_sub(1) as f64;
    let below = sorted.get(position.floor() as usize).copied();
    let above = sorted.get(position.ceil() as usize).copied();
    let (below, above) = (below.unwrap_or_default(), above.unwrap_or_default());
    below + (above - below) * position.fract()
}

#[cfg(test)]
mod tests {
    use super::Samples;

    fn of(samples: &[f64]) -> (f64, f64) {
        Samples(samples.to_vec()).median_and_spread()
    }

    #[test]
    fn the_order_of_samples_is_of_no_importance() {
        assert_eq!(of(&[5.0, 1.0, 4.0, 2.0, 3.0]), (3.0, 2.0));
    }

    #[test]
    fn between_two_samples_lies_their_mean() {
        assert_eq!(of(&[1.0, 2.0]), (1.5, 0.5));
        assert_eq!(of(&[4.0, 1.0, 3.0, 2.0]), (2.5, 1.5));
    }

    #[test]
    fn an_outlier_counts_no_more_than_any_other() {
        assert_eq!(of(&[1.0, 2.0, 3.0, 4.0, 1e9]), (3.0, 2.0));
    }

    #[test]
    fn few_samples_have_no_spread() {
        assert_eq!(of(&[7.0]), (7.0, 0.0));
        assert_eq!(of(&[]), (0.0, 0.0));
    }
}
