//! What we pack against what they pack.

use crate::everything::{CODEC, everything, number, pack, unpack};
use crate::theirs::client::test::values::packed::Everything;
use bytes::BytesMut;
use first_class_abi::value::Value;
use proptest::collection::vec;
use proptest::prelude::*;
use tokio_util::codec::Decoder as _;
use wrpc_transport::Decode;

const MOST: u64 = 1 << 20;

proptest! {
    #[test]
    fn both_pack_the_same_and_read_each_other(
        (first, first_value) in everything(),
        others in vec(everything(), 0..3),
    ) {
        let (others, other_values): (Vec<_>, Vec<_>) = others.into_iter().unzip();
        let function = number("echo-two");
        let arguments = [first_value, Value::List(other_values)];
        let ours = CODEC.pack_arguments(function, &arguments).expect("fits");
        let shown = format!("{:?}", (&first, &others));
        let read: (Everything, Vec<Everything>) = unpack(&ours);
        prop_assert_eq!(format!("{:?}", (&read.0, &read.1)), shown);
        let theirs = pack((first, others));
        prop_assert_eq!(&ours, &theirs);
        // A NaN is unequal to itself.
        let read = CODEC.unpack_arguments(function, &theirs, MOST).expect("is sound");
        prop_assert_eq!(format!("{read:?}"), format!("{arguments:?}"));

        // And through the buffers of the contract.
        let buffer = CODEC.encode_arguments(function, &read).expect("fits");
        let values = CODEC.decode_arguments(function, &buffer).expect("is sound");
        prop_assert_eq!(CODEC.pack_arguments(function, &values).expect("fits"), theirs);
        let result = Value::Tuple(values);
        let packed = CODEC.pack_result(function, Some(&result)).expect("fits");
        prop_assert_eq!(packed, ours);
    }

    /// With a byte changed, or cut off, it is read in the same way or refused by both, or by us alone.
    #[test]
    fn what_they_refuse_we_refuse(
        (everything, _) in everything(),
        (place, byte) in any::<(proptest::sample::Index, u8)>(),
        is_cut: bool,
    ) {
        let mut packed = pack((everything,));
        let place = place.index(packed.len());
        match is_cut {
            true => packed.truncate(place),
            false => packed[place] = byte,
        }
        let function = number("echo-everything");
        let ours = CODEC.unpack_arguments(function, &packed, MOST);
        let mut bytes = BytesMut::from(&packed[..]);
        let theirs = <(Everything,) as Decode>::Decoder::default().decode(&mut bytes);
        if let Ok(values) = &ours {
            prop_assert!(matches!(theirs, Ok(Some(_))), "{theirs:?}");
            let again = CODEC.pack_arguments(function, values).expect("fits");
            let (theirs,) = theirs.expect("is sound").expect("is whole");
            prop_assert_eq!(pack((theirs,)), again);
        }
    }
}
