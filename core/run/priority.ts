/** A run's priority, 1 to 5: tasks and calls of lower numbers go first. */
export const usualPriority = 3;
export const leastUrgent = 5;
