/** One robustness scenario with its outcome. */
export interface StressResult {
  readonly scenario: string;
  readonly name: string;
  readonly figure: string;
  readonly verdict: "PASS" | "FAIL";
}
