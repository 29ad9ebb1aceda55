// Numbered equations that the page does not break: label -> the reason. What an entry holds is said in tools.mjs.

export default {};
