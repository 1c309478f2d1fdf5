/** `2025-01-31T12:00:00.000Z`, made once a millisecond: it is most of what a log line costs. */
export function createTimestamps(): (milliseconds: number) => string {
  let last = NaN;
  let text = '';
  return (milliseconds) => {
    if (milliseconds !== last) {
      text = new Date(milliseconds).toISOString();
      last = milliseconds;
    }
    return text;
  };
}
