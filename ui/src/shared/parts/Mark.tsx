// The mark: an F that is a bench, and a dot far off that answers.
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2.5}
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M3 5.5h18M7 5.5V20M7 13h5" />
      <circle cx={18} cy={13} r={2.75} fill="var(--fb-accent)" stroke="none" />
    </svg>
  )
}
