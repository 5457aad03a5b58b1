export { iteration } from './iteration';
export { optimization } from './optimization';
