/** Replies of string commands that would cost their handlers several calls. */
import { replyBulk, replyInteger } from "../resp/reply";
import { stringSum, stringView, viewLength, viewPtr } from "../types/string";

/** Replies with the string an entry holds. */
export function stringReply(entry: u32): void {
  stringView(entry);
  replyBulk(viewPtr, viewLength);
}

/** Replies with what the last successful `stringAdd` arrived at. */
export function stringSumReply(): void {
  replyInteger(stringSum);
}
