// A sentence of the relay, in which `backticks` hold what one types.
export function Words({ text }: { text: string }) {
  return (
    <span>
      {text.split('`').map((piece, i) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a sentence have no other name
        i % 2 === 1 ? <code key={i}>{piece}</code> : piece,
      )}
    </span>
  )
}
